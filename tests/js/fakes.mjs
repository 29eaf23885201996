// What a browser would give: the service worker's world, a store of IndexedDB's shape, and elements that are not drawn.

import { readFileSync } from 'node:fs';
import vm from 'node:vm';

export const STATIC = new URL('../../app/static/', import.meta.url);
export const HOME = 'https://attune.example';

/* The real sw.js, in a world of fakes. `net`: what the network answers, or a thrown error. `refuses`: a notification that
   the phone does not take. `windows`: the addresses that are open, each with whether the worker has it. `done`: what it
   did, in order. */
export function worker({ digest, files } = { digest: 'abc', files: [] }, world = {}) {
  const { net, stores = new Map(), windows = [], refuses = () => false, badges = true, subscribed } = world;
  const listeners = {};
  const done = [];
  const note = (...what) => { done.push(what); };
  const pages = windows.map(({ path: where, ours = true }) => ({
    url: new URL(where, HOME).href,
    ours,
    focus: async () => note('focus', where),
    navigate: async (to) => note('navigate', to),
    postMessage: (message) => note('message', message),
  }));
  const opened = (name) => stores.get(name) ?? stores.set(name, new Map()).get(name);
  const path = (request) => new URL(request.url ?? request, HOME).pathname;
  const caches = {
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
    open: async (name) => ({
      addAll: async (requests) => {
        await Promise.all(requests.map(async (each) => opened(name).set(path(each), await net(each))));
      },
      put: async (request, response) => void opened(name).set(path(request), response),
      match: async (request) => opened(name).get(path(request)),
    }),
  };
  const self = {
    STATIC: { digest, files },
    location: new URL(HOME),
    claimed: false,
    clients: {
      claim: async () => { self.claimed = true; },
      matchAll: async ({ includeUncontrolled = false }) => pages.filter(({ ours }) => ours || includeUncontrolled),
      openWindow: async (url) => note('open', url),
    },
    registration: {
      showNotification: async (title, options) => {
        if (refuses(title)) throw new TypeError('not like this');
        note('show', title, options);
      },
      pushManager: { subscribe: async (options) => { note('subscribe', options); return subscribed(options); } },
    },
    navigator: badges && {
      setAppBadge: async (count) => note('badge', count),
      clearAppBadge: async () => note('badge', 0),
    },
    addEventListener: (kind, listener) => { listeners[kind] = listener; },
  };
  class FakeRequest {
    constructor(url, options = {}) {
      Object.assign(this, { method: 'GET', mode: 'no-cors', ...options, url: new URL(url, HOME).href });
    }
  }
  const fetched = async (request, options) => {
    if (options?.method === 'POST') note('post', request, Object.fromEntries(options.body));
    return net(request, options);
  };
  const given = { self, caches, fetch: fetched, Request: FakeRequest, URL, URLSearchParams, Promise, Error, btoa };
  vm.runInNewContext(readFileSync(new URL('sw.js', STATIC), 'utf8'), given, { filename: 'sw.js' });
  /* Fire an event; gives what it answers with, once all it waits for is done. */
  const fire = async (kind, event = {}) => {
    const waits = [];
    let answer;
    listeners[kind]({
      ...event,
      waitUntil: (work) => waits.push(work),
      respondWith: (work) => { answer = work; waits.push(work); },
    });
    await Promise.all(waits);
    return answer;
  };
  const ask = (url, options) => fire('fetch', { request: new FakeRequest(url, options) });
  return { fire, ask, stores, self, done };
}

function asking(work) {
  const asked = new EventTarget();
  queueMicrotask(() => {
    asked.result = work(asked);
    asked.dispatchEvent(new Event('success'));
  });
  return asked;
}

const store = (rows) => ({
  get: (key) => asking(() => structuredClone(rows.get(key))),
  getAll: () => asking(() => structuredClone([...rows.values()])),
  put: (row, key) => asking(() => void rows.set(key, structuredClone(row))),
  delete: (key) => asking(() => void rows.delete(key)),
  clear: () => asking(() => void rows.clear()),
});

const database = (stores) => Object.assign(new EventTarget(), {
  createObjectStore: (name) => stores.set(name, new Map()),
  transaction: () => ({ objectStore: (name) => store(stores.get(name)) }),
  close() {},
});

/* As much of IndexedDB as the vault uses, in memory. */
export function indexedDatabase() {
  const databases = new Map();
  return {
    databases,
    open: (name) => asking((asked) => {
      const fresh = !databases.has(name);
      if (fresh) databases.set(name, new Map());
      asked.result = database(databases.get(name));
      if (fresh) asked.dispatchEvent(new Event('upgradeneeded'));
      return asked.result;
    }),
    deleteDatabase: (name) => asking(() => void databases.delete(name)),
  };
}

/* Elements can be defined, and are not. */
export async function element(tag) {
  globalThis.HTMLElement ??= class {};
  globalThis.customElements ??= { define() {} };
  return import(new URL(`js/elements/${tag}.js`, STATIC));
}
