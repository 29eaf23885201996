import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOME, worker } from './fakes.mjs';

const NOW = { digest: 'abc', files: ['/static/abc/css/tokens.css', '/static/abc/js/app.js'] };
const answers = (request) => ({ ok: true, status: 200, url: request.url, credentials: request.credentials });
const noOffline = (request) => (request.url.endsWith('/offline') ? { ok: false, status: 500 } : answers(request));
const nothing = () => { throw new TypeError('Failed to fetch'); };

test('keeps the static files and the offline page, which it asks for as nobody', async () => {
  const { fire, stores } = worker(NOW, { net: answers });
  await fire('install');
  assert.deepEqual([...stores.keys()], ['attune-static-abc']);
  assert.deepEqual([...stores.get('attune-static-abc').keys()], [...NOW.files, '/offline']);
  assert.equal(stores.get('attune-static-abc').get('/offline').credentials, 'omit');
});

test('is not installed without its offline page', async () => {
  await assert.rejects(worker(NOW, { net: noOffline }).fire('install'), /offline answered 500/);
});

test('drops the files of earlier versions, and nothing else, when it takes over', async () => {
  const stores = new Map([['attune-static-old', new Map()], ['attune-static-abc', new Map()], ['other', new Map()]]);
  const { fire, self } = worker(NOW, { net: answers, stores });
  await fire('activate');
  assert.deepEqual([...stores.keys()], ['attune-static-abc', 'other']);
  assert.ok(self.claimed);
});

test('serves a static file without the network', async () => {
  const { fire, ask, stores } = worker(NOW, { net: answers });
  await fire('install');
  const kept = stores.get('attune-static-abc').get('/static/abc/js/app.js');
  assert.equal(await ask('/static/abc/js/app.js'), kept);
});

test('asks the network for a static file it has lost', async () => {
  const { ask } = worker(NOW, { net: answers });
  assert.equal((await ask('/static/abc/js/app.js')).url, `${HOME}/static/abc/js/app.js`);
});

test('shows the offline page when a page cannot be had, and the page when it can', async () => {
  let net = answers;
  const { fire, ask, stores } = worker(NOW, { net: (request) => net(request) });
  await fire('install');
  assert.equal((await ask('/today', { mode: 'navigate' })).url, `${HOME}/today`);
  net = nothing;
  assert.equal(await ask('/today', { mode: 'navigate' }), stores.get('attune-static-abc').get('/offline'));
});

test('lets an error through when even the offline page is gone', async () => {
  await assert.rejects(worker(NOW, { net: nothing }).ask('/today', { mode: 'navigate' }), /Failed to fetch/);
});

test('stores no page and no answer, whatever is asked for', async () => {
  const { fire, ask, stores } = worker(NOW, { net: answers });
  await fire('install');
  const before = [...stores.get('attune-static-abc').keys()];
  await ask('/today', { mode: 'navigate' });
  await ask('/prompts/1', { mode: 'navigate' });
  await ask('/static/other/js/app.js');
  assert.deepEqual([...stores.get('attune-static-abc').keys()], before);
});

test('keeps out of what is not ours, not GET, or not of this version', async () => {
  const { ask } = worker(NOW, { net: answers });
  assert.equal(await ask('https://elsewhere.example/a', { mode: 'navigate' }), undefined);
  assert.equal(await ask('/prompts/1/response', { method: 'POST', mode: 'navigate' }), undefined);
  assert.equal(await ask('/static/older/js/app.js'), undefined);
  assert.equal(await ask('/export.json'), undefined);
});

test('forgets all but the static files when it is told to', async () => {
  const stores = new Map([['attune-static-abc', new Map()], ['anything', new Map()]]);
  const { fire } = worker(NOW, { net: answers, stores });
  await fire('message', { data: 'hello' });
  assert.equal(stores.size, 2);
  await fire('message', { data: 'wipe' });
  assert.deepEqual([...stores.keys()], ['attune-static-abc']);
});
