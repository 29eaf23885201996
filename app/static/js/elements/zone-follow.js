/* <zone-follow data-zone="Europe/Berlin" data-ask="… {place} …" hidden> round a p and a form with a field `zone`, a button
   that sends it, and one that does not: asks, once a journey, whether reminders should follow the phone. */

import { person } from '../person.js';
import { openVault } from '../vault.js';

const NOTE = ['note', 'zone'];

class ZoneFollow extends HTMLElement {
  async connectedCallback() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const vault = await openVault(person());
    if (nameOf(here) === nameOf(this.dataset.zone)) await vault.drop(...NOTE);
    else if ((await vault.get(...NOTE))?.fields !== here) this.ask(vault, here);
  }

  ask(vault, here) {
    this.querySelector('p').textContent = this.dataset.ask.replace('{place}', placeOf(here));
    this.querySelector('input').value = here;
    this.querySelector('[type="button"]').addEventListener('click', () => {
      this.hidden = true;
      vault.put(...NOTE, here);
    });
    this.hidden = false;
  }
}

/* One name for a zone that has several. */
const nameOf = (timeZone) => Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;

export const placeOf = (zone) => zone.split('/').at(-1).replaceAll('_', ' ');

customElements.define('zone-follow', ZoneFollow);
