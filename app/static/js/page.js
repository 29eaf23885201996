/* Pages of ours, fetched to be shown in part, and taps on them, sent until they have arrived. */

import { fieldsOf, fill } from './forms.js';
import { post, verdict } from './outbox.js';

const LONGEST = 8000;
let leftAt = -LONGEST;
addEventListener('beforeunload', () => { leftAt = performance.now(); });
const wait = (time) => new Promise((resolve) => { setTimeout(resolve, time); });

/* Send what may be sent twice, again and again until there is an answer, as long as somebody wants it to be sent. When it
   has failed for the second time `late` is called. */
export async function insist(url, fields, person, wanted, late) {
  for (let pause = 500; wanted(); pause = Math.min(LONGEST, pause * 2)) {
    const answer = await post(url, fields, person); // oxlint-disable-line no-await-in-loop
    if (verdict(answer) !== 'wait' || answer?.status === 401) return;
    if (pause === 1000) late();
    await wait(pause); // oxlint-disable-line no-await-in-loop
  }
}

/* Another page in place of this one; not while one is on the way to where one has tapped, a way that is not crossed. */
export function become(address) {
  if (performance.now() - leftAt >= LONGEST) location.replace(address);
}

/* A page, parsed and lifeless, as a browser parses what it asks for itself; null when there was none. */
export function fetched(address) {
  return new Promise((resolve) => {
    const asking = new XMLHttpRequest();
    asking.responseType = 'document';
    asking.addEventListener('loadend', () => resolve(asking.status ? asking.response : null));
    asking.open('GET', address);
    asking.send();
  });
}

/* Put a fresh part of a page in place of an old one. What is typed stays where there is the same step still. */
export function swap(old, fresh) {
  const form = old.querySelector('draft-keeper form');
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  const again = fresh.querySelector('draft-keeper form');
  if (form && again?.elements.step.value === form.elements.step.value) fill(again, fieldsOf(form));
  for (const each of fresh.querySelectorAll(':not(:defined)')) import(`./elements/${each.localName}.js`);
  const head = Object.assign(fresh.querySelector('h1'), { tabIndex: -1 });
  if (focused) head.focus({ preventScroll: true });
  scrollTo(0, 0);
}
