/* <push-device data-known="yes"> round parts with data-state, all hidden, and among them one button: says whether this
   browser rings, and lets it when the person taps. Asks the browser once; a refusal is only explained.
   data-known: the server has it on its list. What the page says with data-silent, since none rings, is not so then. */

import { PATIENCE, possible, ring, sync, within } from '../device.js';
import { say, unsay } from '../forms.js';

class PushDevice extends HTMLElement {
  async connectedCallback() {
    this.button = this.querySelector('button');
    this.button.addEventListener('click', () => this.ask());
    this.show(stateOf(globalThis) ?? (await within(PATIENCE, sync(!this.dataset.known)) ? 'on' : 'ask'));
  }

  /* Nothing may come between the tap and the question: some browsers would not ask any more. */
  async ask() {
    const asked = Notification.requestPermission();
    say(this.button);
    const allowed = await asked === 'granted';
    const rings = allowed && await within(3 * PATIENCE, ring());
    unsay(this.button);
    this.show((rings && 'on') || (allowed && 'failed') || (stateOf(globalThis) ?? 'ask'));
  }

  show(state) {
    if (state === 'on') for (const told of document.querySelectorAll('[data-silent]')) told.hidden = true;
    for (const part of this.querySelectorAll('[data-state]')) part.hidden = !part.dataset.state.split(' ').includes(state);
  }
}

/* What a browser allows, without asking it: 'home' (an iPhone, but not from its Home Screen), 'never', 'refused', or null. */
export function stateOf(world) {
  if (world.navigator.standalone === false) return 'home';
  if (!possible(world)) return 'never';
  return world.Notification.permission === 'denied' ? 'refused' : null;
}

customElements.define('push-device', PushDevice);
