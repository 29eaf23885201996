/* <scale-slide> around the cells of a .scale: a thumb may slide over them, so their width matters less.
   The radios stay what they are: taps, keyboard and labels work as without it. */

const SLOP = 8; // px sideways before it is a slide and not a tap or the start of scrolling

class ScaleSlide extends HTMLElement {
  connectedCallback() {
    this.addEventListener('pointerdown', ({ isPrimary, clientX }) => { this.from = isPrimary ? clientX : null; });
    this.addEventListener('pointermove', (event) => this.move(event));
    for (const end of ['pointerup', 'pointercancel']) this.addEventListener(end, () => { this.from = null; });
  }

  move({ pointerId, buttons, clientX, clientY }) {
    if (this.from === null || this.from === undefined || !buttons) return;
    if (!this.hasPointerCapture(pointerId)) {
      if (Math.abs(clientX - this.from) < SLOP) return;
      this.setPointerCapture(pointerId);
    }
    const radio = nearest([...this.querySelectorAll('label')], clientX, clientY)?.querySelector('input');
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/* The cell under the thumb, or the one that is least far from it: with large words they stand in two rows. */
export function nearest(cells, x, y) {
  let [best, least] = [undefined, Infinity];
  for (const cell of cells) {
    const box = cell.getBoundingClientRect();
    const distance = away(x, box.left, box.right) + 3 * away(y, box.top, box.bottom);
    if (distance < least) [best, least] = [cell, distance];
  }
  return best;
}

const away = (at, from, to) => Math.max(from - at, 0, at - to);

customElements.define('scale-slide', ScaleSlide);
