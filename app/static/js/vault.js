/* What waits on this phone: typed words in IndexedDB, encrypted with a key that cannot be taken out of the browser,
   bound to one person, for 72 hours; and notes about the phone itself, which stay. Anybody else's are forgotten as soon
   as this person opens it. */

const NAME = 'attune';
const LIMIT = 72 * 3600 * 1000;
const CIPHER = 'AES-GCM';

const settled = (request) => new Promise((resolve, reject) => {
  request.addEventListener('success', () => resolve(request.result));
  request.addEventListener('error', () => reject(request.error));
});

export async function openVault(person) {
  const opening = indexedDB.open(NAME, 1);
  opening.addEventListener('upgradeneeded', () => ['owner', 'kept'].forEach((store) => opening.result.createObjectStore(store)));
  const database = await settled(opening);
  database.addEventListener('versionchange', () => database.close());
  const fresh = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt']);
  const change = database.transaction(['owner', 'kept'], 'readwrite');
  let owner = await settled(change.objectStore('owner').get('owner'));
  if (owner?.person !== person) {
    owner = { person, key: fresh };
    change.objectStore('kept').clear();
    await settled(change.objectStore('owner').put(owner, 'owner'));
  }
  return new Vault(database, owner);
}

export function wipe() {
  return settled(indexedDB.deleteDatabase(NAME));
}

export const expired = (at, now = Date.now()) => now - at > LIMIT;

class Vault {
  constructor(database, { person, key }) {
    Object.assign(this, { database, person, key });
  }

  /* kind: 'draft', 'outbox', 'words', 'refused' or 'note'. url: where it belongs. fields: [name, value] pairs; of 'words'
     and 'refused' the words alone; a note, any value. */
  async put(kind, url, fields, at = Date.now()) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(this.cipher(iv, kind, url), this.key, encode(JSON.stringify(fields)));
    await settled(this.kept('readwrite').put({ kind, url, at, iv, data }, `${kind} ${url}`));
  }

  async get(kind, url) {
    return this.open(await settled(this.kept('readonly').get(`${kind} ${url}`)));
  }

  async list(kind) {
    const rows = await settled(this.kept('readonly').getAll());
    const opened = await Promise.all(rows.filter((row) => row.kind === kind).map((row) => this.open(row)));
    return opened.filter(Boolean);
  }

  drop(kind, url) {
    return settled(this.kept('readwrite').delete(`${kind} ${url}`));
  }

  async open(row) {
    const over = row && row.kind !== 'note' && expired(row.at);
    if (over) await this.drop(row.kind, row.url);
    if (!row || over) return null;
    const plain = await crypto.subtle.decrypt(this.cipher(row.iv, row.kind, row.url), this.key, row.data);
    return { url: row.url, at: row.at, fields: JSON.parse(new TextDecoder().decode(plain)) };
  }

  kept = (mode) => this.database.transaction('kept', mode).objectStore('kept');

  cipher = (iv, kind, url) => ({ name: CIPHER, iv, additionalData: encode(`${this.person} ${kind} ${url}`) });
}

const encode = (text) => new TextEncoder().encode(text);
