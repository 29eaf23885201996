// What waits on the phone: who can read it, for how long, and what becomes of it.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { STATIC, indexedDatabase } from './fakes.mjs';

const { openVault, expired, wipe } = await import(new URL('js/vault.js', STATIC));
const { Draft } = await import(new URL('js/draft.js', STATIC));
const { wordsOf } = await import(new URL('js/forms.js', STATIC));
const { flush, post, verdict } = await import(new URL('js/outbox.js', STATIC));

const HOUR = 3600 * 1000;
const SOUP = [['high', 'the soup'], ['mood', '6']];
const answer = (status, type = 'basic') => ({ status, type, ok: status >= 200 && status < 300 });
const seen = answer(0, 'opaqueredirect');

beforeEach(() => { globalThis.indexedDB = indexedDatabase(); });

test('gives back what was put in, with its time', async () => {
  const vault = await openVault('ana');
  await vault.put('draft', '/p/1/draft', SOUP, Date.now() - HOUR);
  const { fields, at, url } = await vault.get('draft', '/p/1/draft');
  assert.deepEqual(fields, SOUP);
  assert.equal(url, '/p/1/draft');
  assert.ok(Date.now() - at >= HOUR);
  assert.equal(await vault.get('outbox', '/p/1/draft'), null);
});

test('holds no words in the clear, and a key that cannot be taken out', async () => {
  const vault = await openVault('ana');
  await vault.put('draft', '/p/1/draft', SOUP);
  const stores = globalThis.indexedDB.databases.get('attune');
  const [row] = stores.get('kept').values();
  assert.doesNotMatch(Buffer.from(row.data).toString('latin1'), /soup/);
  assert.equal(stores.get('owner').get('owner').key.extractable, false);
});

test('opens again for the same person, and is empty for any other', async () => {
  await (await openVault('ana')).put('draft', '/p/1/draft', SOUP);
  assert.deepEqual((await (await openVault('ana')).get('draft', '/p/1/draft')).fields, SOUP);
  assert.equal(await (await openVault('ben')).get('draft', '/p/1/draft'), null);
  assert.equal(await (await openVault('ana')).get('draft', '/p/1/draft'), null);
});

test('binds words to where they belong', async () => {
  const vault = await openVault('ana');
  await vault.put('draft', '/p/1/draft', SOUP);
  const rows = globalThis.indexedDB.databases.get('attune').get('kept');
  rows.set('outbox /p/2/response', { ...rows.get('draft /p/1/draft'), kind: 'outbox', url: '/p/2/response' });
  await assert.rejects(vault.get('outbox', '/p/2/response'));
});

test('forgets after 72 hours', async () => {
  const vault = await openVault('ana');
  await vault.put('draft', '/p/1/draft', SOUP, Date.now() - 73 * HOUR);
  assert.equal(await vault.get('draft', '/p/1/draft'), null);
  assert.equal(globalThis.indexedDB.databases.get('attune').get('kept').size, 0);
  assert.equal(expired(0, 72 * HOUR), false);
  assert.equal(expired(0, 72 * HOUR + 1), true);
});

test('is gone after a wipe', async () => {
  await (await openVault('ana')).put('draft', '/p/1/draft', SOUP);
  await wipe();
  assert.equal(globalThis.indexedDB.databases.size, 0);
});

test('knows what an answer means', () => {
  assert.equal(verdict(null), 'wait');
  for (const status of [401, 429, 500, 503]) assert.equal(verdict(answer(status)), 'wait');
  for (const status of [403, 404, 409, 413, 422]) assert.equal(verdict(answer(status)), 'refused');
  assert.equal(verdict(answer(204)), 'sent');
  assert.equal(verdict(seen), 'sent');
});

test('sends what waits once, oldest first, in the name of its owner', async () => {
  const vault = await openVault('ana');
  await vault.put('outbox', '/p/2/turn', [['text', 'later']], Date.now() - HOUR);
  await vault.put('outbox', '/p/1/turn', [['text', 'first']], Date.now() - 2 * HOUR);
  const sent = [];
  const send = async (...args) => { sent.push(args); return seen; };
  assert.deepEqual(await flush(vault, send), { sent: ['/p/1/turn', '/p/2/turn'], refused: [], wait: [] });
  assert.deepEqual(sent[0], ['/p/1/turn', [['text', 'first']], 'ana']);
  assert.deepEqual(await flush(vault, send), { sent: [], refused: [], wait: [] });
  assert.equal(sent.length, 2);
});

test('keeps what could not be sent, and what needs signing in first', async () => {
  const vault = await openVault('ana');
  await vault.put('outbox', '/p/1/response', SOUP);
  const keeps = async (none) => assert.deepEqual((await flush(vault, async () => none)).wait, ['/p/1/response']);
  await keeps(null);
  await keeps(answer(401));
  await keeps(answer(502));
  assert.equal((await vault.list('outbox')).length, 1);
});

test('of what came too late gives back what was written, and nothing that was chosen', async () => {
  const form = { querySelectorAll: (which) => (which === 'textarea' ? [{ value: 'No' }, { value: '' }] : []) };
  const vault = await openVault('ana');
  const draft = new Draft('/o/1/draft', 'ana');
  await draft.wait('/o/1/moves', [['step', 'remember'], ['text', 'No']], wordsOf(form));
  await draft.wait('/o/2/moves', [['step', 'remember'], ['passing', 'yes']], []);
  await flush(vault, async () => answer(409));
  assert.deepEqual((await vault.list('refused')).map(({ url, fields }) => [url, fields]), [['/o/1/moves', ['No']]]);
  assert.deepEqual([await vault.list('outbox'), await vault.list('words')], [[], []]);
});

test('gives words that came too late back to the person', async () => {
  const vault = await openVault('ana');
  await vault.put('outbox', '/p/1/response', SOUP);
  assert.deepEqual((await flush(vault, async () => answer(409))).refused, ['/p/1/response']);
  assert.equal((await vault.list('outbox')).length, 0);
  assert.deepEqual((await vault.get('refused', '/p/1/response')).fields, ['the soup', '6']);
});

test('posts a form, does not follow where it leads, and survives having no network', async () => {
  const asked = [];
  globalThis.fetch = async (...args) => { asked.push(args); return seen; };
  await post('/p/1/draft', SOUP, 'ana', { keepalive: true });
  const [url, { method, body, headers, redirect, keepalive }] = asked[0];
  assert.deepEqual([url, method, String(body), redirect, keepalive], ['/p/1/draft', 'POST', 'high=the+soup&mood=6', 'manual', true]);
  assert.deepEqual(headers, { 'Attune-Person': 'ana' });
  globalThis.fetch = async () => { throw new TypeError('Failed to fetch'); };
  assert.equal(await post('/p/1/draft', SOUP, 'ana'), null);
});
