// What the worker does when something is pushed, tapped, put off, or when the browser changes its subscription.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOME, worker } from './fakes.mjs';

const ok = () => ({ ok: true, status: 204 });
const nothing = () => { throw new TypeError('Failed to fetch'); };
const NEUTRAL = ['Attune', 'There is something for you.'];

const message = (notification = {}, rest = {}) => ({
  web_push: 8030,
  notification: {
    title: 'Attune', body: 'Your quiet minute is ready.', navigate: `${HOME}/today`, lang: 'en', tag: 'mark', silent: false,
    data: { id: 'one.two' }, actions: [{ action: 'open', title: 'Open' }, { action: 'later', title: 'In an hour' }],
    ...notification,
  },
  app_badge: 2,
  ...rest,
});
const pushed = (json) => ({ data: { json: () => JSON.parse(json) } });
const push = (told) => pushed(JSON.stringify(told));
const of = (done, kind) => done.filter(([what]) => what === kind);

async function rung(event, world = {}) {
  const { fire, done } = worker(undefined, { net: ok, ...world });
  await fire('push', event);
  return done;
}

/* Taps a notification that was shown; gives what the worker then did. */
async function tapped({ data, action = '' }, world = {}) {
  const { fire, done } = worker(undefined, { net: ok, ...world });
  let closed = 0;
  await fire('notificationclick', { action, notification: { data, close: () => { closed += 1; } } });
  assert.equal(closed, 1);
  return done;
}

test('shows what was pushed, under its tag, with its buttons', async () => {
  const [[, title, options]] = of(await rung(push(message())), 'show');
  const { body, tag, lang, actions, data } = options;
  assert.equal(title, 'Attune');
  assert.deepEqual([body, tag, lang], ['Your quiet minute is ready.', 'mark', 'en']);
  assert.deepEqual(actions.map(({ action }) => action), ['open', 'later']);
  assert.deepEqual({ ...data }, { id: 'one.two', url: `${HOME}/today` });
  assert.equal(options.silent, undefined);
  assert.match(options.icon, /^\/static\/abc\/icons\//);
});

test('shows first, then counts and reports, once each', async () => {
  const done = await rung(push(message()));
  assert.deepEqual(done.map(([what]) => what), ['show', 'badge', 'post']);
  assert.deepEqual(done[1], ['badge', 2]);
  assert.deepEqual(done[2], ['post', '/push/shown', { id: 'one.two' }]);
});

test('shows exactly one neutral line, whatever came', async () => {
  const bodies = [
    { data: null }, {}, pushed('not json'), pushed('null'), pushed('"words"'), pushed('[]'), pushed('{}'), pushed('{"notification":null}'),
    push({ notification: { body: 'no title' } }), push({ notification: { title: '' } }), push({ notification: { title: 7 } }),
  ];
  await Promise.all(bodies.map(async (event) => {
    const shown = of(await rung(event), 'show');
    assert.deepEqual(shown.map(([, title, { body }]) => [title, body]), [NEUTRAL]);
  }));
});

test('shows the neutral line where the phone does not take what came', async () => {
  const done = await rung(push(message({ title: 'Odd' })), { refuses: (title) => title === 'Odd' });
  assert.deepEqual(of(done, 'show').map(([, title, { body }]) => [title, body]), [NEUTRAL]);
});

test('rings with a page of ours open, too', async () => {
  const done = await rung(push(message()), { windows: [{ path: '/today' }] });
  assert.equal(of(done, 'show').length, 1);
});

test('rings without a connection, without a badge and without an id', async () => {
  assert.equal(of(await rung(push(message()), { net: nothing }), 'show').length, 1);
  assert.deepEqual((await rung(push(message()), { badges: false })).map(([what]) => what), ['show', 'post']);
  assert.deepEqual((await rung(push(message({ data: undefined })))).map(([what]) => what), ['show', 'badge']);
});

const badge = async (app_badge) => of(await rung(push(message({}, { app_badge }))), 'badge');

test('takes the badge away when nothing is open, and sets none that is no number', async () => {
  assert.deepEqual(await badge(0), [['badge', 0]]);
  await Promise.all([undefined, null, '3', 1.5].map(async (odd) => assert.deepEqual(await badge(odd), [])));
});

const DATA = { id: 'one.two', url: `${HOME}/prompts/7` };

test('a tap brings a page that is open to the front, and lets it look anew', async () => {
  const windows = [{ path: '/history' }, { path: '/prompts/7?edit', ours: false }];
  assert.deepEqual(await tapped({ data: DATA }, { windows }), [['focus', '/prompts/7?edit'], ['message', 'look']]);
});

test('else it takes a window of ours there, else it opens one', async () => {
  const leads = { data: DATA };
  assert.deepEqual(
    await tapped(leads, { windows: [{ path: '/history' }] }),
    [['focus', '/history'], ['navigate', `${HOME}/prompts/7`]],
  );
  assert.deepEqual(await tapped(leads, { windows: [{ path: '/history', ours: false }] }), [['open', `${HOME}/prompts/7`]]);
  assert.deepEqual(await tapped(leads), [['open', `${HOME}/prompts/7`]]);
  assert.deepEqual(await tapped({ ...leads, action: 'open' }), [['open', `${HOME}/prompts/7`]]);
});

test('a tap leads nowhere but here', async () => {
  const odd = ['https://elsewhere.example/a', '//elsewhere.example', 'javascript:alert(1)', 'http://', 'data:text/html,x', undefined, null];
  await Promise.all(odd.map(async (url) => {
    assert.deepEqual(await tapped({ data: { url } }), [['open', `${HOME}/today`]]);
  }));
  assert.deepEqual(await tapped({ data: null }), [['open', `${HOME}/today`]]);
});

test('in an hour: asks for it, opens nothing, and says nothing when that fails', async () => {
  const later = { data: DATA, action: 'later' };
  assert.deepEqual(await tapped(later, { windows: [{ path: '/today' }] }), [['post', '/push/later', { id: 'one.two' }]]);
  assert.deepEqual(await tapped(later, { net: nothing }), [['post', '/push/later', { id: 'one.two' }]]);
  assert.deepEqual(await tapped({ data: null, action: 'later' }), []);
});

const bytes = (...numbers) => new Uint8Array(numbers).buffer;
const subscription = (endpoint, key = bytes(4, 255, 254)) => ({
  options: { applicationServerKey: key, userVisibleOnly: true },
  toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }),
});
const told = (endpoint) => ['post', '/push/subscription', { endpoint, p256dh: 'p', auth: 'a', key: 'BP_-', asked: 'yes' }];

test('subscribes as before when the subscription is given up, and tells', async () => {
  const { fire, done } = worker(undefined, { net: ok, subscribed: (options) => subscription('new', options.applicationServerKey) });
  await fire('pushsubscriptionchange', { oldSubscription: subscription('old'), newSubscription: null });
  const [[, options], said] = done;
  assert.deepEqual([options.userVisibleOnly, [...new Uint8Array(options.applicationServerKey)]], [true, [4, 255, 254]]);
  assert.deepEqual(said, told('new'));
});

test('tells of the one that the browser has taken itself', async () => {
  const { fire, done } = worker(undefined, { net: ok });
  await fire('pushsubscriptionchange', { oldSubscription: null, newSubscription: subscription('theirs') });
  assert.deepEqual(done, [told('theirs')]);
});

const keyed = (request) => (request === '/push/key' ? { json: async () => ({ key: 'BP_-' }) } : ok());

test('asks for the key where the browser has forgotten even that', async () => {
  const { fire, done } = worker(undefined, { net: keyed, subscribed: () => subscription('new') });
  await fire('pushsubscriptionchange', {});
  assert.equal(done[0][1].applicationServerKey, 'BP_-');
  assert.deepEqual(done[1], told('new'));
});

test('keeps nothing of all this', async () => {
  const { fire, stores } = worker(undefined, { net: ok });
  await fire('push', push(message()));
  assert.equal(stores.size, 0);
});
