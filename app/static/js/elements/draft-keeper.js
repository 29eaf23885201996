/* <draft-keeper data-draft="/…/draft" data-person="…" data-saved="epoch"> around a form: what is typed is kept, by the
   server, or without a connection on this phone, and what is sealed without one goes out later.
   Its words: data-kept, data-offline, data-waiting. Without data-person nothing stays on the phone. */

import { Draft, keepFirst } from '../draft.js';
import { early, fieldsOf, fill, say, unsay, wordsOf } from '../forms.js';
import { outdated } from '../person.js';

const PAUSE = 1500;

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.draft = new Draft(this.dataset.draft, this.dataset.person, this.dataset.saved);
    this.form = this.querySelector('form');
    this.status = Object.assign(document.createElement('p'), { className: 'draft', role: 'status' });
    (this.form.querySelector('.send') ?? this.form).append(this.status);
    this.form.addEventListener('input', () => this.changed());
    this.form.addEventListener('submit', (event) => this.submit(event));
    keepFirst(this.form, () => this.isConnected && this.dirty && !this.passed && !outdated(), () => this.save());
    document.addEventListener('visibilitychange', () => document.hidden && this.save());
    addEventListener('pagehide', () => this.save());
    addEventListener('pageshow', ({ persisted }) => { if (persisted) this.passed = false; });
    addEventListener('outbox-sent', ({ detail }) => detail.includes(this.address()) && location.reload());
    this.restore();
    if (early(this.form)) this.changed();
  }

  address = () => new URL(this.form.action).pathname;

  tell(words = '') {
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  changed() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save() {
    if (!this.dirty || this.passed || outdated()) return;
    await this.keep();
  }

  async keep() {
    clearTimeout(this.timer);
    this.dirty = false;
    const { where, response } = await this.draft.keep(fieldsOf(this.form));
    this.tell({ kept: this.dataset.kept, phone: response ? '' : this.dataset.offline }[where]);
    return { where, response };
  }

  async restore() {
    const { waiting, newer } = await this.draft.words(this.address());
    if (!this.dirty && (waiting ?? newer)) fill(this.form, (waiting ?? newer).fields);
    if (waiting) this.tell(this.dataset.waiting);
  }

  /* First make sure that the words are safe; then let the browser send the form as it would without us. */
  async submit(event) {
    if (this.passed || event.defaultPrevented) return;
    event.preventDefault();
    if (this.trying || outdated()) return;
    const { submitter } = event;
    this.trying = true;
    say(submitter);
    const { where, response } = await this.keep();
    this.trying = false;
    if (where === 'phone' && (response === null || response.status >= 500)) {
      await this.draft.wait(this.address(), fieldsOf(this.form, submitter), wordsOf(this.form));
      unsay(submitter);
      this.tell(this.dataset.waiting);
    } else {
      this.passed = true;
      this.form.requestSubmit(submitter);
    }
  }
}

customElements.define('draft-keeper', DraftKeeper);
