/* The service worker: keeps the static files and one calm page for when there is no connection, and rings. It holds no
   secrets: no page of the couple and no answer is ever stored here. The server writes the first line, `self.STATIC =
   {digest, files}`, so a change of any static file is a change of the worker. */

const PREFIX = 'attune-static-';
const CACHE = PREFIX + self.STATIC.digest;
const OFFLINE = '/offline';

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => {
  if (event.data === 'wipe') event.waitUntil(dropCaches((name) => !name.startsWith(PREFIX)));
});
self.addEventListener('push', (event) => event.waitUntil(ring(event.data)));
self.addEventListener('notificationclick', (event) => {
  const { id, url } = event.notification.data ?? {};
  event.notification.close();
  event.waitUntil(event.action === 'later' ? report('/push/later', id) : show(url));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(follow(event)));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (self.STATIC.files.includes(url.pathname)) event.respondWith(file(request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(self.STATIC.files.map((path) => new Request(path)));
  // Without cookies, so that it is the page of nobody.
  const offline = await fetch(new Request(OFFLINE, { credentials: 'omit', cache: 'no-store' }));
  if (!offline.ok) throw new Error(`${OFFLINE} answered ${offline.status}`);
  await cache.put(OFFLINE, offline);
}

/* A new worker waits until the pages of the old one are gone, so no page meets files of two versions. */
async function takeOver() {
  await dropCaches((name) => name.startsWith(PREFIX) && name !== CACHE);
  await self.clients.claim();
}

async function dropCaches(unwanted) {
  const names = await caches.keys();
  await Promise.all(names.filter(unwanted).map((name) => caches.delete(name)));
}

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const offline = await cache.match(OFFLINE);
    if (!offline) throw error;
    return offline;
  }
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

/* Before anything else something is shown, whatever came: from a worker that shows nothing the phone takes the right. */
async function ring(data) {
  const { title, options, badge } = read(data);
  await self.registration.showNotification(title, options).catch(() => self.registration.showNotification(...NEUTRAL));
  await Promise.all([count(badge), report('/push/shown', options.data?.id)]);
}

const NEUTRAL = ['Attune', { body: 'There is something for you.', tag: 'attune', icon: picture('icon-192') }];

/* The fields of Declarative Web Push, which some phones show without us. */
function read(data) {
  try {
    const { notification, app_badge: badge } = data.json();
    const { title, body, navigate: url, tag, lang, data: about, actions } = notification;
    if (typeof title !== 'string' || !title) throw new TypeError('nothing to show');
    const look = { icon: picture('icon-192'), badge: picture('monochrome-512') };
    return { title, badge, options: { body, tag, lang, actions: actions ?? [], ...look, data: { id: about?.id, url } } };
  } catch {
    const [title, options] = NEUTRAL;
    return { title, options };
  }
}

function picture(name) {
  return `/static/${self.STATIC.digest}/icons/${name}.png`;
}

/* How many questions are open, on the icon of the app, where the phone does that. */
async function count(open) {
  const { navigator } = self;
  if (!Number.isInteger(open) || !navigator.setAppBadge) return;
  await (open > 0 ? navigator.setAppBadge(open) : navigator.clearAppBadge()).catch(() => {});
}

async function report(path, id) {
  if (!id) return;
  await fetch(path, { method: 'POST', body: new URLSearchParams({ id }) }).catch(() => {});
}

/* Bring the page to the front: where it is open, else in a window of ours, else in a new one. */
async function show(url) {
  const wanted = own(url);
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = open.find((each) => new URL(each.url).pathname === wanted.pathname);
  if (there) {
    await there.focus();
    // It may have been open for long.
    there.postMessage('look'); // oxlint-disable-line unicorn/require-post-message-target-origin -- a client has none
    return;
  }
  const [ours] = await self.clients.matchAll({ type: 'window' });
  await (ours ? ours.focus() : self.clients.openWindow(wanted.href));
  await ours?.navigate(wanted.href);
}

/* An address of ours: this one, or that of today. */
function own(url) {
  const home = self.location.origin;
  try {
    const asked = new URL(url ?? '/today', home);
    if (asked.origin === home) return asked;
  } catch {
    // No address at all.
  }
  return new URL('/today', home);
}

/* The browser has given the subscription up, or taken another: subscribe as before, and tell. */
async function follow({ oldSubscription: before, newSubscription: after }) {
  const subscription = after ?? await subscribe(before?.options.applicationServerKey);
  const { endpoint, keys } = subscription.toJSON();
  const made = String.fromCodePoint(...new Uint8Array(subscription.options.applicationServerKey));
  const told = btoa(made).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const body = new URLSearchParams({ endpoint, ...keys, key: told, asked: 'yes' });
  await fetch('/push/subscription', { method: 'POST', body });
}

async function subscribe(key) {
  const applicationServerKey = key ?? (await (await fetch('/push/key')).json()).key;
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}
