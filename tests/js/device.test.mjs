// Whether this browser rings: asked for once, told again, let go of when it is somebody else's or was taken off the list.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { STATIC, element, indexedDatabase } from './fakes.mjs';

const HOUR = 3600 * 1000;

// What would keep this process from ending: a channel to other windows, and patience that nobody needs any more.
delete globalThis.BroadcastChannel;
const { setTimeout: wait } = globalThis;
globalThis.setTimeout = (work, time) => (time < 1000 ? wait(work, time) : wait(work, time).unref());

const { openVault } = await import(new URL('js/vault.js', STATIC));
const { stateOf } = await element('push-device');
const { placeOf } = await element('zone-follow');

const [OLD, NEW] = ['BAAA', 'BAAB'];

/* What this browser is subscribed with, what the server says to each endpoint, and what was done. */
let phone = {};

const made = (endpoint, key) => ({
  endpoint,
  options: { applicationServerKey: Buffer.from(key, 'base64url') },
  toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }),
  unsubscribe: async () => { phone.done.push(['unsubscribe', endpoint]); phone.subscription = null; },
});

const pushManager = {
  getSubscription: async () => phone.subscription,
  subscribe: async ({ applicationServerKey: key }) => {
    phone.subscription ??= made(`fresh-${phone.count += 1}`, key);
    phone.done.push(['subscribe', phone.subscription.endpoint, key]);
    return phone.subscription;
  },
};

const registration = { pushManager };
const container = { ready: Promise.resolve(registration), getRegistration: async () => registration };

/* The module anew, as a page that has just been loaded. */
const load = () => import(`${new URL('js/device.js', STATIC)}?${phone.loads += 1}`);
const page = async (lost) => (await load()).sync(lost);
const note = async (endpoint, ago = 0) => (await openVault('ana')).put('note', 'push', endpoint, Date.now() - ago);
const noted = async () => (await (await openVault('ana')).get('note', 'push'))?.fields;
const told = () => phone.done.filter(([what]) => what === 'tell').map(([, ...what]) => what);

beforeEach(() => {
  phone = { subscription: null, done: [], count: 0, key: OLD, says: {}, loads: phone.loads ?? 0, permission: 'granted', who: 'ana' };
  Object.defineProperty(globalThis, 'navigator', { value: { serviceWorker: container }, configurable: true });
  globalThis.indexedDB = indexedDatabase();
  globalThis.PushManager = class {};
  globalThis.Notification = { get permission() { return phone.permission; } };
  globalThis.document = {
    querySelector: (what) => (what.startsWith('meta') ? phone.key && { content: phone.key } : phone.who && { dataset: { person: phone.who } }),
  };
  globalThis.fetch = async (url, { body, headers } = {}) => {
    if (url === '/push/key') return { json: async () => ({ key: OLD }) };
    const { endpoint, asked, key } = Object.fromEntries(body);
    phone.done.push(['tell', endpoint, asked ?? '', key, headers['Attune-Person']]);
    const status = phone.says[endpoint] ?? 204;
    if (status === 0) throw new TypeError('Failed to fetch');
    return { status, ok: status === 204 };
  };
});

test('does nothing where it was not allowed, or where nobody is signed in', async () => {
  phone.subscription = made('mine', OLD);
  phone.permission = 'default';
  assert.equal(await page(), false);
  Object.assign(phone, { permission: 'granted', who: '' });
  assert.equal(await page(), false);
  assert.deepEqual(phone.done, []);
});

test('never subscribes by itself for somebody who has not asked', async () => {
  assert.equal(await page(), false);
  assert.deepEqual(phone.done, []);
});

test('says nothing again on the same day', async () => {
  phone.subscription = made('mine', OLD);
  await note('mine', 19 * HOUR);
  assert.equal(await page(), true);
  assert.deepEqual(phone.done, []);
});

test('tells the server again after a day, and when the endpoint is another', async () => {
  phone.subscription = made('mine', OLD);
  await note('mine', 21 * HOUR);
  assert.equal(await page(), true);
  assert.deepEqual(told(), [['mine', '', OLD, 'ana']]);
  phone.subscription = made('moved', OLD);
  assert.equal(await page(), true);
  assert.deepEqual(told()[1], ['moved', '', OLD, 'ana']);
  assert.equal(await noted(), 'moved');
});

test('looks once a page, whoever asks', async () => {
  phone.subscription = made('mine', OLD);
  const { sync } = await load();
  assert.deepEqual(await Promise.all([sync(), sync()]), [true, true]);
  assert.equal(told().length, 1);
});

test('subscribes anew when the browser has lost what is wanted', async () => {
  await note('mine');
  assert.equal(await page(), true);
  assert.deepEqual(told(), [['fresh-1', 'yes', OLD, 'ana']]);
  assert.equal(await noted(), 'fresh-1');
});

test('subscribes anew when the server has lost what is wanted', async () => {
  phone.subscription = made('mine', OLD);
  phone.says = { mine: 404 };
  await note('mine');
  assert.equal(await page(true), true);
  assert.deepEqual(told(), [['mine', '', OLD, 'ana'], ['fresh-1', 'yes', OLD, 'ana']]);
});

for (const status of [404, 409]) {
  test(`lets go of what nobody here has asked for (${status})`, async () => {
    phone.subscription = made('left behind', OLD);
    phone.says = { 'left behind': status };
    assert.equal(await page(), false);
    assert.deepEqual(phone.done.map(([what]) => what), ['tell', 'unsubscribe']);
    assert.equal(phone.subscription, null);
  });
}

test('what was taken off the list stays off', async () => {
  phone.subscription = made('mine', OLD);
  phone.says = { mine: 410 };
  await note('mine', 21 * HOUR);
  assert.equal(await page(), false);
  assert.deepEqual([phone.subscription, await noted()], [null, undefined]);
  assert.equal(await page(), false);
  assert.equal(told().length, 1);
});

test('follows a new key at once', async () => {
  phone.subscription = made('mine', OLD);
  phone.key = NEW;
  await note('mine');
  assert.equal(await page(), true);
  assert.deepEqual(phone.done.slice(0, 2), [['unsubscribe', 'mine'], ['subscribe', 'fresh-1', NEW]]);
  assert.deepEqual(told(), [['fresh-1', 'yes', NEW, 'ana']]);
});

test('asks for the key on a page that does not say it', async () => {
  phone.key = '';
  await note('gone');
  assert.equal(await page(), true);
  assert.deepEqual(phone.done[0], ['subscribe', 'fresh-1', OLD]);
});

for (const status of [0, 401, 500]) {
  test(`keeps what is wanted while the server cannot be asked (${status})`, async () => {
    phone.subscription = made('mine', OLD);
    phone.says = { mine: status };
    await note('mine', 21 * HOUR);
    assert.equal(await page(), true);
    assert.deepEqual([phone.subscription.endpoint, await noted()], ['mine', 'mine']);
    phone.says = {};
    await page();
    assert.equal(told().length, 2);
  });
}

test('nothing of Ana rings for Ben on the same phone', async () => {
  phone.subscription = made('of Ana', OLD);
  await note('of Ana');
  phone.who = 'ben';
  phone.says = { 'of Ana': 409 };
  assert.equal(await page(), false);
  assert.equal(phone.subscription, null);
});

test('rings when it is asked for', async () => {
  const { ring } = await load();
  assert.equal(await ring(), true);
  assert.deepEqual(phone.done, [['subscribe', 'fresh-1', OLD], ['tell', 'fresh-1', 'yes', OLD, 'ana']]);
  assert.equal(await noted(), 'fresh-1');
});

test('subscribes once more where it rang for somebody else, and only once', async () => {
  phone.subscription = made('of Ben', OLD);
  phone.says = { 'of Ben': 409 };
  const { ring } = await load();
  assert.equal(await ring(), true);
  assert.deepEqual(told().map(([endpoint]) => endpoint), ['of Ben', 'fresh-1']);
  Object.assign(phone, { subscription: null, says: { 'fresh-2': 409, 'fresh-3': 409 }, done: [] });
  assert.equal(await ring(), false);
  assert.deepEqual(told().map(([endpoint]) => endpoint), ['fresh-2', 'fresh-3']);
});

test('is silent once it is told to be, and where there was nothing to silence', async () => {
  phone.subscription = made('mine', OLD);
  const { silence } = await load();
  await silence();
  assert.equal(phone.subscription, null);
  await silence();
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  await silence();
});

test('waits for nothing for ever', async () => {
  const { within } = await load();
  assert.equal(await within(1, new Promise(() => {})), undefined);
  assert.equal(await within(1000, Promise.reject(new Error('no'))), undefined);
  assert.equal(await within(1000, Promise.resolve('yes')), 'yes');
});

test('knows what a browser can do without asking it', () => {
  const able = { navigator: { serviceWorker: {} }, PushManager: class {} };
  const answers = (permission) => stateOf({ ...able, Notification: { permission } });
  assert.equal(stateOf({ navigator: { standalone: false } }), 'home');
  assert.equal(stateOf({ navigator: {} }), 'never');
  assert.equal(stateOf({ ...able }), 'never');
  assert.equal(stateOf({ ...able, navigator: { serviceWorker: {}, standalone: true }, Notification: { permission: 'default' } }), null);
  assert.deepEqual(['denied', 'default', 'granted'].map(answers), ['refused', null, null]);
});

test('a zone is told by its place', () => {
  assert.deepEqual(['Europe/Lisbon', 'America/Argentina/Rio_Gallegos', 'UTC'].map(placeOf), ['Lisbon', 'Rio Gallegos', 'UTC']);
});
