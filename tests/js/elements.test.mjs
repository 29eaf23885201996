import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATIC, element, indexedDatabase } from './fakes.mjs';

const { nearest } = await element('scale-slide');
const { remaining } = await element('talk-timer');
const { counter } = await element('shake-jar');
const { linesOf } = await element('copy-words');
const { OutBox } = await element('out-box');
const { fill } = await import(new URL('js/forms.js', STATIC));
const { openVault } = await import(new URL('js/vault.js', STATIC));

const cells = (count, perRow = count) => Array.from({ length: count }, (_, n) => {
  const [left, top] = [(n % perRow) * 30, Math.floor(n / perRow) * 50];
  return { n, getBoundingClientRect: () => ({ left, right: left + 30, top, bottom: top + 50 }) };
});

test('a thumb picks the cell it is over, or the nearest when it strays', () => {
  const scale = cells(11);
  assert.equal(nearest(scale, 100, 20).n, 3);
  assert.equal(nearest(scale, 100, 120).n, 3);
  assert.equal(nearest(scale, -40, 20).n, 0);
  assert.equal(nearest(scale, 999, 20).n, 10);
  assert.equal(nearest([], 1, 1), undefined);
});

test('a thumb picks from the row it is in when large words make two', () => {
  const scale = cells(11, 6);
  assert.equal(nearest(scale, 40, 70).n, 7);
  assert.equal(nearest(scale, 200, 70).n, 10);
});

test('the time left is said in whole minutes', () => {
  const words = { left: '{n} minutes left', last: 'one minute left', done: 'Time.' };
  assert.equal(remaining(300_000, words), '5 minutes left');
  assert.equal(remaining(240_001, words), '5 minutes left');
  assert.equal(remaining(240_000, words), '4 minutes left');
  assert.equal(remaining(60_000, words), 'one minute left');
  assert.equal(remaining(0, words), 'Time.');
});

test('a jar is shaken by two hard movements within a second', () => {
  let shaken = 0;
  const feel = counter(() => { shaken += 1; });
  const hard = { x: 15, y: 12, z: 3 };
  feel(hard, 1000);
  feel(hard, 1050);
  feel({ x: 1, y: 9, z: 1 }, 1300);
  feel(null, 1400);
  assert.equal(shaken, 0);
  feel(hard, 1500);
  assert.equal(shaken, 1);
  feel(hard, 5000);
  assert.equal(shaken, 1);
});

test('a list is copied a line an item', () => {
  const items = [' k7qm-2xpa\n', '9d3w-hh4t'].map((textContent) => ({ textContent }));
  assert.equal(linesOf({ querySelectorAll: () => items }), 'k7qm-2xpa\n9d3w-hh4t');
  assert.equal(linesOf({ querySelectorAll: () => [], textContent: ' one ' }), 'one');
});

test('words that came too late are laid out for their author alone, and not where two look', async () => {
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.assign(globalThis, { indexedDB: indexedDatabase(), document: { createElement: () => ({ append() {}, addEventListener() {} }) } });
  await (await openVault('ana')).put('refused', '/prompts/1/turn', ['the soup']);
  for (const [dataset, laid] of [[{ person: 'ana' }, 0], [{ person: 'ana', refused: 'Your words back:' }, 1]]) {
    const box = Object.assign(new OutBox(), { dataset, shown: 0, replaceChildren(...notices) { box.shown = notices.length; } });
    await box.send(); // oxlint-disable-line no-await-in-loop
    assert.equal(box.shown, laid);
  }
});

const control = (name, type, value, rest = {}) => ({ name, type, value, closest: () => null, ...rest });

test('fields are filled as they were left, and never a hidden one or a password', () => {
  const fold = { open: false, parentElement: { closest: () => null } };
  const [low, high] = [control('mood', 'radio', '3', { checked: true }), control('mood', 'radio', '6')];
  const words = control('low', 'textarea', '', { closest: () => fold });
  const [token, secret] = [control('together', 'hidden', 'yes'), control('password', 'password', '')];
  fill({ elements: [low, high, words, token, secret] }, [['mood', '6'], ['low', 'rain'], ['together', 'x'], ['password', 'x']]);
  assert.deepEqual([low.checked, high.checked, words.value, fold.open], [false, true, 'rain', true]);
  assert.deepEqual([token.value, secret.value], ['yes', '']);
});

test('what was sent brings a fresh page, unless somebody writes on this one', () => {
  const page = { keeper: null, fields: [] };
  let loads = 0;
  Object.assign(globalThis, {
    document: { querySelector: () => page.keeper, querySelectorAll: () => page.fields },
    location: { reload: () => { loads += 1; } },
    dispatchEvent() {},
  });
  const box = new OutBox();
  const line = { value: 'a line', defaultValue: '' };
  for (const written of [{ keeper: {} }, { fields: [line] }]) {
    Object.assign(page, { keeper: null, fields: [] }, written);
    box.announce(['/prompts/1/response']);
  }
  assert.equal(loads, 0);
  Object.assign(page, { keeper: null, fields: [{ ...line, defaultValue: 'a line' }] });
  box.announce(['/prompts/1/response']);
  assert.equal(loads, 1);
});
