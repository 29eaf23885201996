/* <talk-timer minutes="5">: a disc of two halves that empties from the top. Its words: data-start, data-left with {n},
   data-last, data-done, data-pause, data-go. What stands inside is for where there is no script. */

const SVG = 'http://www.w3.org/2000/svg';
const ARCS = ['M22.6 43A19 19 0 0 1 22.6 5', 'M25.4 43A19 19 0 0 0 25.4 5'];

class TalkTimer extends HTMLElement {
  connectedCallback() {
    this.whole = Number(this.getAttribute('minutes')) * 60_000;
    this.rest = this.whole;
    this.words = Object.assign(document.createElement('p'), { role: 'status' });
    this.button = Object.assign(document.createElement('button'), { type: 'button', className: 'act' });
    this.button.textContent = this.dataset.start;
    this.button.addEventListener('click', () => (this.ticking ? this.pause() : this.go()));
    document.addEventListener('visibilitychange', () => this.ticking && this.stayAwake());
    this.replaceChildren(this.button);
  }

  go() {
    if (!this.ring) {
      this.ring = ring();
      this.prepend(this.ring, this.words);
    }
    this.until = Date.now() + this.rest;
    this.ticking = setInterval(() => this.tick(), 1000);
    this.button.textContent = this.dataset.pause;
    this.stayAwake();
    this.tick();
  }

  pause() {
    this.ticking = clearInterval(this.ticking);
    this.button.textContent = this.dataset.go;
    this.lock?.then((lock) => lock?.release());
  }

  tick() {
    this.rest = Math.max(0, this.until - Date.now());
    for (const arc of this.ring.querySelectorAll('.rest')) {
      arc.setAttribute('stroke-dashoffset', 100 * (1 - this.rest / this.whole));
    }
    const said = remaining(this.rest, this.dataset);
    if (this.words.textContent !== said) this.words.textContent = said;
    if (this.rest > 0) return;
    this.pause();
    this.button.remove();
    navigator.vibrate?.([180, 120, 180]);
  }

  stayAwake() {
    if (!document.hidden) this.lock = navigator.wakeLock?.request('screen').catch(() => null);
  }
}

/* Said in whole minutes, so that a screen reader speaks once a minute and nobody watches seconds. */
export function remaining(rest, { left, last, done }) {
  const minutes = Math.ceil(rest / 60_000);
  if (minutes === 0) return done;
  return minutes === 1 ? last : left.replace('{n}', minutes);
}

export function ring() {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { class: 'ring', viewBox: '0 0 48 48', 'aria-hidden': 'true' };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const kind of ['track', 'rest']) {
    for (const d of ARCS) {
      const arc = document.createElementNS(SVG, 'path');
      for (const [name, value] of Object.entries({ class: kind, d, pathLength: 100 })) arc.setAttribute(name, value);
      if (kind === 'rest') arc.setAttribute('stroke-dasharray', 100);
      svg.append(arc);
    }
  }
  return svg;
}

customElements.define('talk-timer', TalkTimer);
