/* <draft-keeper data-draft="/…/draft" data-person="…" data-saved="epoch"> around a form: what is typed is kept, by the
   server, or without a connection on this phone, and what is sealed without one goes out later.
   Its words: data-kept, data-offline, data-waiting. Without data-person nothing stays on the phone. */

import { fieldsOf, fill, say, unsay } from '../forms.js';
import { post, verdict } from '../outbox.js';
import { outdated } from '../person.js';
import { openVault } from '../vault.js';

const PAUSE = 1500;

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form');
    this.status = Object.assign(document.createElement('p'), { className: 'draft', role: 'status' });
    (this.form.querySelector('.send') ?? this.form).append(this.status);
    const { person } = this.dataset;
    this.vault = person ? openVault(person).catch(() => null) : Promise.resolve(null);
    this.form.addEventListener('input', () => this.changed());
    this.form.addEventListener('submit', (event) => this.submit(event));
    document.addEventListener('visibilitychange', () => document.hidden && this.save());
    addEventListener('pagehide', () => this.save());
    addEventListener('pageshow', ({ persisted }) => { if (persisted) this.passed = false; });
    addEventListener('outbox-sent', ({ detail }) => detail.includes(this.address()) && location.reload());
    this.restore();
  }

  address = () => new URL(this.form.action).pathname;

  tell(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  changed() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /* Gives the answer of the server, or null. Saves follow one another, so that the last one wins. */
  save() {
    clearTimeout(this.timer);
    if (!this.dirty || this.passed || outdated()) return this.saving;
    this.dirty = false;
    const fields = fieldsOf(this.form);
    this.saving = Promise.resolve(this.saving).then(() => this.keep(fields));
    return this.saving;
  }

  async keep(fields) {
    const vault = await this.vault;
    const { draft, person = '', kept, offline } = this.dataset;
    const response = navigator.onLine ? await post(draft, fields, person, { keepalive: true }) : null;
    const sent = verdict(response) === 'sent';
    await (sent ? vault?.drop('draft', draft) : vault?.put('draft', draft, fields));
    this.tell(sent ? kept : (response === null && vault && offline) || '');
    return response;
  }

  /* Words that wait to go out, or that are newer than what the server knew when it made the page. */
  async restore() {
    const vault = await this.vault;
    const waiting = await vault?.get('outbox', this.address());
    const draft = await vault?.get('draft', this.dataset.draft);
    const words = waiting ?? (draft?.at > Number(this.dataset.saved) * 1000 ? draft : null);
    if (words && !this.dirty) fill(this.form, words.fields);
    if (waiting) this.tell(this.dataset.waiting);
  }

  /* First make sure that the words are safe; then let the browser send the form as it would without us. */
  async submit(event) {
    if (this.passed || event.defaultPrevented) return;
    event.preventDefault();
    if (this.trying) return;
    const { submitter } = event;
    [this.trying, this.dirty] = [true, true];
    say(submitter);
    const [response, vault] = [await this.save(), await this.vault];
    this.trying = false;
    if (vault && (response === null || response.status >= 500)) {
      await vault.put('outbox', this.address(), fieldsOf(this.form, submitter));
      await vault.drop('draft', this.dataset.draft);
      unsay(submitter);
      this.tell(this.dataset.waiting);
    } else {
      this.passed = true;
      this.form.requestSubmit(submitter);
    }
  }
}

customElements.define('draft-keeper', DraftKeeper);
