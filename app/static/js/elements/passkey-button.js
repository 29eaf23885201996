/* <passkey-button data-to="…" data-back="…" hidden> around a line that says it did not work, hidden, and a button:
   asks the browser for a passkey, or to make one, and sends on what it says. It stays hidden where a browser knows none.
   data-to: where to send it; what to ask for is at the same address with /options. Fields of the form around go along. */

import { fieldsOf, say, unsay } from '../forms.js';

class PasskeyButton extends HTMLElement {
  connectedCallback() {
    if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
    this.hidden = false;
    const form = this.closest('[data-script]');
    if (form) form.hidden = false;
    // Enter in the form makes one, too: there is no other button in it.
    form?.addEventListener('submit', (event) => { event.preventDefault(); this.ask(); });
    this.line = this.querySelector('p');
    this.refused = this.line.textContent.trim();
    this.button = this.querySelector('button');
    this.button.addEventListener('click', () => this.ask());
  }

  async ask() {
    if (this.button.ariaDisabled) return;
    say(this.button);
    this.tell('');
    try {
      const [, options] = await this.post('/options', []);
      const answer = JSON.stringify(await credentialFor(options));
      const [ok, told] = await this.post('', [...kept(this.closest('form')), ['answer', answer]]);
      if (ok && told.typed) sendOn(told);
      else if (ok) location.assign(told.next);
      else this.tell(told.errors?.answer ?? told.errors?.name);
    } catch {
      // Put off, not there, or too late: no browser says which, and so do we not.
      this.tell();
    }
    unsay(this.button);
  }

  /* Gives whether it went well, and what was said. Whoever must first say again who they are is sent there. */
  async post(end, fields) {
    const back = this.dataset.back ? `?back=${this.dataset.back}` : '';
    const answer = await fetch(this.dataset.to + end + back, { method: 'POST', body: new URLSearchParams(fields) });
    if (answer.redirected) location.assign(answer.url);
    return [answer.ok, await answer.json()];
  }

  tell(words = this.refused) {
    this.line.querySelector('span').textContent = words;
    this.line.hidden = words === '';
  }
}

const kept = (form) => (form ? fieldsOf(form).filter(([name]) => ['next', 'held', 'shared', 'name'].includes(name)) : []);

/* Words that somebody was sending when their session had ended go to where they were meant for. */
function sendOn({ next, typed }) {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: next, hidden: true });
  form.append(...typed.map(([name, value]) => Object.assign(document.createElement('input'), { type: 'hidden', name, value })));
  document.body.append(form);
  form.submit();
}

async function credentialFor(options) {
  const { credentials } = navigator;
  const made = 'pubKeyCredParams' in options;
  const credential = made
    ? await credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return credential.toJSON();
}

customElements.define('passkey-button', PasskeyButton);
