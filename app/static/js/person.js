/* Whose page this is: the opaque id in data-person, or '' where nobody is signed in. Words of one person never go out,
   and are never shown, under the name of another who signed in on the same phone. */

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('attune-person') : null;
let left = false;

export const person = () => document.querySelector('[data-person]')?.dataset.person ?? '';

/* Whether somebody else has signed in meanwhile, in another window. */
export const outdated = () => left;

/* Tell the other windows who is here now. A page of somebody else falls silent and asks the server anew. */
export function announce(who) {
  channel?.postMessage(who); // oxlint-disable-line unicorn/require-post-message-target-origin -- a channel has none
}

export function listen() {
  const here = person();
  if (!here) return;
  announce(here);
  channel?.addEventListener('message', ({ data }) => {
    if (data === here) return;
    left = true;
    location.reload();
  });
}
