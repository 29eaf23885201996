/* <out-box data-person="…" data-refused="…" data-done="…">, once a page of somebody who is signed in: sends what
   waits on this phone, and gives back the words that came too late: without data-refused, where two look, on another page. */

import { writing } from '../forms.js';
import { flushAlone } from '../outbox.js';
import { openVault } from '../vault.js';

export class OutBox extends HTMLElement {
  connectedCallback() {
    addEventListener('online', () => this.send());
    this.send();
  }

  async send() {
    const vault = await openVault(this.dataset.person).catch(() => null);
    if (!vault) return;
    const { sent } = await flushAlone(vault);
    if (sent.length > 0) this.announce(sent);
    if (!this.dataset.refused) return;
    const refused = await vault.list('refused');
    this.replaceChildren(...refused.map(({ url, fields }) => this.notice(vault, url, fields)));
  }

  /* A page on which somebody writes decides for itself; any other shows what is new. */
  announce(detail) {
    dispatchEvent(new CustomEvent('outbox-sent', { detail }));
    if (!writing()) location.reload();
  }

  notice(vault, url, words) {
    const notice = make('div', 'notice part', '');
    const done = make('button', 'link', this.dataset.done);
    notice.append(make('p', '', this.dataset.refused), ...words.map((text) => make('p', 'lines', text)), done);
    done.addEventListener('click', async () => {
      await vault.drop('refused', url);
      notice.remove();
    });
    return notice;
  }
}

const make = (tag, className, textContent) => Object.assign(document.createElement(tag), { className, textContent });

customElements.define('out-box', OutBox);
