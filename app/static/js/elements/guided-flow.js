/* <guided-flow data-state="/…/state" data-version="…" data-person="…" data-late="…"> around a page that two are on: asks
   now and then whether it is another by now, and puts that in place of this one. Taps in a <form data-move> are sent
   until the server has them, and data-late says so; twice does no harm. Without data-state nothing is asked. */

import { fieldsOf, remain, say, unsay } from '../forms.js';
import { become, fetched, insist, swap } from '../page.js';
import { outdated } from '../person.js';

const [OFTEN, SELDOM, LONGEST] = [1500, 6000, 20_000];

class GuidedFlow extends HTMLElement {
  connectedCallback() {
    this.addEventListener('submit', (event) => this.send(event));
    if (!this.dataset.state) return;
    this.pause = OFTEN;
    this.seen = () => !document.hidden && this.look();
    document.addEventListener('visibilitychange', this.seen);
    this.later();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.seen);
  }

  later() {
    clearTimeout(this.timer);
    if (this.isConnected && !document.hidden) this.timer = setTimeout(() => this.look(), this.pause);
  }

  async look() {
    if (this.busy || !this.isConnected || outdated() || this.querySelector('draft-keeper')?.trying) return;
    const { state, version } = this.dataset;
    const answer = await fetch(state, { headers: { 'If-None-Match': `"${version}"` }, redirect: 'manual' }).catch(() => null);
    if (answer?.ok) {
      const { version: now, left } = await answer.json();
      if (left !== null) this.querySelector('step-timer[data-ticking]')?.correct(left);
      this.pause = Math.min(SELDOM, this.pause * 1.2);
      if (now !== version) await this.renew();
    } else if (answer?.status === 404 || answer?.type === 'opaqueredirect') become(this.address());
    else this.pause = Math.min(answer?.status === 304 ? SELDOM : LONGEST, this.pause * 1.2);
    this.later();
  }

  async send(event) {
    const form = event.target;
    if (event.defaultPrevented || !form.matches('[data-move]')) return;
    event.preventDefault();
    if (this.busy || outdated()) return;
    this.busy = true;
    const fields = fieldsOf(form, event.submitter);
    say(event.submitter);
    const late = () => { this.note = remain(event.submitter, this.dataset.late); };
    await insist(form.action, fields, this.dataset.person, () => this.isConnected, late);
    this.note?.remove();
    unsay(event.submitter);
    this.busy = false;
    await this.renew();
  }

  /* Where the page is, also when this one is the answer to a form. */
  address = () => this.dataset.state.replace('/state', '');

  /* Put the page as it is now in place of this one. What is typed stays where there is the same step still. */
  async renew() {
    await this.querySelector('draft-keeper')?.save?.();
    const page = await fetched(this.address());
    if (!page) return this.later();
    const fresh = page.querySelector('guided-flow');
    // Another kind of page, with other things around its middle.
    if (!fresh?.dataset.state || !page.querySelector('.foot') === Boolean(document.querySelector('.foot'))) {
      return become(this.address());
    }
    document.body.className = page.body.className;
    document.body.dataset.partner = page.body.dataset.partner ?? '';
    swap(this, document.importNode(fresh, true));
  }
}

customElements.define('guided-flow', GuidedFlow);
