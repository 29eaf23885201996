/* One draft: with the server, and on this phone for as long as the server cannot be reached. */

import { post, verdict } from './outbox.js';
import { openVault } from './vault.js';

export class Draft {
  /* url: where the server keeps it. saved: when it last did, in seconds. Without a person nothing stays on the phone. */
  constructor(url, person = '', saved = 0) {
    Object.assign(this, { url, person, saved: Number(saved) * 1000 });
    this.vault = person ? openVault(person).catch(() => null) : Promise.resolve(null);
  }

  /* Gives 'kept' (by the server), 'phone' or 'nowhere', and the answer of the server. One after the other, so that the
     last words win. */
  keep(fields) {
    this.last = Promise.resolve(this.last).then(() => this.send(fields));
    return this.last;
  }

  async send(fields) {
    const vault = await this.vault;
    const response = await post(this.url, fields, this.person, { keepalive: true });
    const sent = verdict(response) === 'sent';
    await (sent ? vault?.drop('draft', this.url) : vault?.put('draft', this.url, fields));
    return { where: (sent && 'kept') || (vault && 'phone') || 'nowhere', response };
  }

  /* What was sealed at `address` waits in the outbox, with the words in it to give back if they come too late; a draft
     is not needed any more. */
  async wait(address, fields, words) {
    const vault = await this.vault;
    await vault.put('words', address, words);
    await vault.put('outbox', address, fields);
    await vault.drop('draft', this.url);
  }

  /* The words on this phone: those that wait, or those newer than what the server knew. */
  async words(address) {
    const vault = await this.vault;
    const waiting = await vault?.get('outbox', address);
    const draft = await vault?.get('draft', this.url);
    return { waiting, newer: draft?.at > this.saved ? draft : null };
  }
}

/* Something else is sent from the page of this form: first what is typed in it, as long as it is `unkept`, so that the
   page that comes next has it. */
export function keepFirst(form, unkept, keep) {
  let keeping = false;
  document.addEventListener('submit', async (event) => {
    const { target, submitter } = event;
    if (target === form || !(keeping || unkept())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (keeping) return;
    keeping = true;
    await keep();
    keeping = false;
    target.requestSubmit(submitter);
  }, true);
}
