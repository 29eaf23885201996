/* Whether this browser rings for whoever is signed in. They ask for it by a tap; from then on the vault knows that it is
   wanted, and the server is told again once a day and whenever something about it has changed. */

import { post } from './outbox.js';
import { person } from './person.js';
import { openVault } from './vault.js';

const NOTE = ['note', 'push'];
const DAY = 20 * 3600 * 1000;
export const PATIENCE = 10_000;

/* Whether a browser can ring at all. */
export const possible = (world) => 'serviceWorker' in world.navigator && 'PushManager' in world && 'Notification' in world;

let looked = null;

/* Gives whether this browser rings. Looks once a page. lost: the server does not have it on its list. */
export function sync(lost = false) {
  looked ??= look(lost).catch(() => false);
  return looked;
}

/* The person has allowed it: subscribe and tell. Gives whether it rings now. */
export async function ring() {
  return anew(await openVault(person()), await manager());
}

/* Ring no more, for anybody. */
export async function silence() {
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  await navigator.clearAppBadge?.();
}

/* Never hang on this: gives undefined when it fails or takes too long. */
export function within(time, work) {
  const late = new Promise((resolve) => { setTimeout(resolve, time); });
  return Promise.race([work.catch(() => {}), late]);
}

async function look(lost) {
  if (!person() || !possible(globalThis) || Notification.permission !== 'granted') return false;
  const [vault, pushes] = [await openVault(person()), await manager()];
  const note = await vault.get(...NOTE);
  const subscription = await pushes.getSubscription();
  if (!subscription) return note ? anew(vault, pushes) : false;
  const told = note?.fields === subscription.endpoint && Date.now() - note.at < DAY && !lost;
  const status = told ? 204 : await tell(vault, subscription);
  if (status === 204) return [undefined, '', keyOf(subscription)].includes(offered()) || anew(vault, pushes);
  // Somebody else's, unknown by now, or taken off the list: let go of. Only what is wanted is made anew.
  if (LOST.has(status)) return note && status !== 410 ? anew(vault, pushes) : false;
  return Boolean(note);
}

async function anew(vault, pushes, last = false) {
  const key = offered() || (await (await fetch('/push/key')).json()).key;
  const known = await pushes.getSubscription();
  if (known && keyOf(known) !== key) await known.unsubscribe();
  const subscription = await within(PATIENCE, pushes.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  if (!subscription) return false;
  const status = await tell(vault, subscription, { asked: 'yes' });
  return status === 409 && !last ? anew(vault, pushes, true) : status === 204;
}

const LOST = new Set([404, 409, 410]);

async function tell(vault, subscription, asked = {}) {
  const { endpoint, keys } = subscription.toJSON();
  const fields = { endpoint, ...keys, key: keyOf(subscription), ...asked };
  const status = (await post('/push/subscription', fields, vault.person))?.status;
  if (status === 204) await vault.put(...NOTE, endpoint);
  if (status === 410) await vault.drop(...NOTE);
  if (LOST.has(status)) await subscription.unsubscribe();
  return status;
}

const manager = async () => (await navigator.serviceWorker.ready).pushManager;

/* The key of today, on the pages that say it. */
const offered = () => document.querySelector('meta[name="push-key"]')?.content;

/* The key that a subscription was made with, as the server writes it. */
function keyOf({ options }) {
  const text = btoa(String.fromCodePoint(...new Uint8Array(options.applicationServerKey)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
