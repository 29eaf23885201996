/* The service worker: keeps the static files and one calm page for when there is no connection. It holds no secrets:
   no page of the couple and no answer is ever stored here. The server writes the first line, `self.STATIC =
   {digest, files}`, so a change of any static file is a change of the worker. */

const PREFIX = 'attune-static-';
const CACHE = PREFIX + self.STATIC.digest;
const OFFLINE = '/offline';

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => {
  if (event.data === 'wipe') event.waitUntil(dropCaches((name) => !name.startsWith(PREFIX)));
});
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
