/* <shake-jar> around the jar and its link ?draw=n: shaking the phone follows the link. Only where the phone tells its
   movement unasked, and not for those who want less motion. */

const HARD = 18; // m/s², twice within a second
const SECOND = 1000;

class ShakeJar extends HTMLElement {
  connectedCallback() {
    const unasked = 'DeviceMotionEvent' in globalThis && !DeviceMotionEvent.requestPermission;
    if (!unasked || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const shaken = counter(() => this.querySelector('a.act')?.click());
    addEventListener('devicemotion', ({ acceleration }) => shaken(acceleration, Date.now()));
  }
}

/* Calls back at the second hard movement within a second. */
export function counter(whenShaken) {
  let before = -Infinity;
  return (acceleration, now) => {
    const force = Math.hypot(acceleration?.x ?? 0, acceleration?.y ?? 0, acceleration?.z ?? 0);
    if (force < HARD || now - before < 100) return;
    if (now - before < SECOND) whenShaken();
    before = now;
  };
}

customElements.define('shake-jar', ShakeJar);
