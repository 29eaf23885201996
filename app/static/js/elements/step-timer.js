/* <step-timer data-whole="180" data-rest="120" data-ticking data-person="…"> around its words and the form that starts and
   stops it: a disc that empties, a screen that stays on, and at the end, for who wants it on this phone, a tone or a buzz.
   Its words: data-left with {n}, data-last, data-done, data-sound, data-shake. */

import { tone } from '../tone.js';
import { openVault } from '../vault.js';
import { remaining, ring } from './talk-timer.js';

const NOTE = ['note', 'at-the-end'];

class StepTimer extends HTMLElement {
  connectedCallback() {
    [this.words, this.ring] = [this.querySelector('p'), ring()];
    this.correct(Number(this.dataset.rest));
    this.prepend(this.ring);
    this.offer();
    this.draw(this.until - Date.now());
    if (!('ticking' in this.dataset)) return;
    this.ticking = setInterval(() => this.tick(), 1000);
    document.addEventListener('visibilitychange', this.stayAwake);
    this.stayAwake();
    this.tick();
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
    document.removeEventListener('visibilitychange', this.stayAwake);
    this.lock?.then((lock) => lock?.release());
  }

  /* left: seconds, as the server has just told. */
  correct(left) {
    this.until = Date.now() + left * 1000;
  }

  tick() {
    const rest = Math.max(0, this.until - Date.now());
    this.draw(rest);
    const said = remaining(rest, this.dataset);
    if (this.words.textContent !== said) this.words.textContent = said;
    if (rest > 0) return;
    this.disconnectedCallback();
    this.querySelector('form')?.remove();
    if (this.wants.shake) navigator.vibrate?.([180, 120, 180]);
    if (this.wants.sound) tone();
  }

  draw(rest) {
    for (const arc of this.ring.querySelectorAll('.rest')) {
      arc.setAttribute('stroke-dashoffset', 100 * (1 - Math.max(0, rest) / 1000 / this.dataset.whole));
    }
  }

  /* Two switches, off until somebody wants them on this phone. */
  async offer() {
    this.wants = {};
    const vault = await openVault(this.dataset.person).catch(() => null);
    this.wants = (await vault?.get(...NOTE).catch(() => null))?.fields ?? {};
    const choices = Object.assign(document.createElement('div'), { className: 'choices' });
    for (const name of navigator.vibrate ? ['sound', 'shake'] : ['sound']) {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link small' });
      button.append(this.dataset[name]);
      button.ariaPressed = String(Boolean(this.wants[name]));
      button.addEventListener('click', () => {
        this.wants = { ...this.wants, [name]: !this.wants[name] };
        button.ariaPressed = String(this.wants[name]);
        if (name === 'sound' && this.wants.sound) tone();
        vault?.put(...NOTE, this.wants);
      });
      choices.append(button);
    }
    this.append(choices);
  }

  stayAwake = () => {
    if (!document.hidden) this.lock = navigator.wakeLock?.request('screen').catch(() => null);
  };
}

customElements.define('step-timer', StepTimer);
