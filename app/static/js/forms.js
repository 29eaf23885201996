/* What is typed in a form, out of it and back into it. */

export function fieldsOf(form, submitter = null) {
  return [...new FormData(form, submitter)].filter(([, value]) => typeof value === 'string');
}

/* What somebody has written in a form, without what they chose or what only says where it belongs. */
export const wordsOf = (form) => [...form.querySelectorAll('textarea')].map(({ value }) => value).filter(Boolean);

/* Put fields back. What is chosen in a fold opens it. */
export function fill(form, fields) {
  for (const control of form.elements) {
    if (!control.name || ['hidden', 'submit', 'button', 'password', 'fieldset'].includes(control.type)) continue;
    const values = fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === 'radio' || control.type === 'checkbox') control.checked = values.includes(control.value);
    else if (values.length > 0) control.value = values[0];
    if (control.checked || (control.value && control.type === 'textarea')) {
      for (let fold = control.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    }
  }
}

const touched = (each) => each.value !== each.defaultValue || each.checked !== each.defaultChecked;
const typed = (part) => [...part.querySelectorAll('input, textarea')].some((each) => touched(each));

/* Whether somebody writes on this page, which is then not taken from under their hands. */
export const writing = () => Boolean(document.querySelector('draft-keeper')) || typed(document);

/* Whether somebody was quicker than the scripts. Back on a page it may be the browser that has filled the fields. */
export function early(form) {
  const fresh = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
  return fresh && typed(form);
}

const gone = new WeakSet();
const labels = new Map();

/* While a form is on its way its button says so, and a second tap does nothing. */
export function say(button) {
  if (!button?.dataset.sending || labels.has(button)) return;
  labels.set(button, [...button.childNodes]);
  button.textContent = button.dataset.sending;
  button.ariaDisabled = 'true';
}

export function unsay(button) {
  if (!labels.has(button)) return;
  button.replaceChildren(...labels.get(button));
  button.ariaDisabled = null;
  labels.delete(button);
}

const PATIENCE = 8000;

/* Whether the server can be reached, whatever the browser thinks of its connection: it may run on the same machine. */
export async function reachable() {
  const asked = fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  // A proxy may keep this address to itself, and say so; one that finds nobody behind it says 502.
  return (await asked.catch(() => null))?.status < 500;
}

const sure = new WeakSet();

/* Without a connection a browser would leave the page, and what is typed on it. Words are not risked on what it thinks;
   where a <draft-keeper> has them, they are safe. */
function risky(form) {
  if (form.method !== 'post' || sure.has(form)) return false;
  return !navigator.onLine || (form.querySelector('textarea') && !form.closest('draft-keeper'));
}

async function stay(form, button) {
  if (await reachable()) {
    sure.add(form);
    form.requestSubmit(button);
    sure.delete(form);
    return;
  }
  remain(button, document.documentElement.dataset.offline);
}

/* Nothing went out: say so beside the button, until there is a connection or another try. Gives the note. */
export function remain(button, told) {
  const note = Object.assign(document.createElement('p'), { role: 'alert', className: 'small soft', textContent: told });
  button?.after(note);
  const drop = () => note.remove();
  addEventListener('online', drop, { once: true });
  document.addEventListener('submit', drop, { once: true, capture: true });
  return note;
}

/* A form came back: to the first field that needs another look, with what is told about it in sight. */
export function leadToTrouble() {
  const trouble = document.querySelector('.trouble:has(input, select, textarea)');
  trouble?.scrollIntoView();
  trouble?.querySelector('input, select, textarea').focus({ preventScroll: true });
}

export function watchSending() {
  document.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (risky(event.target)) {
      event.preventDefault();
      stay(event.target, event.submitter);
      return;
    }
    if (gone.has(event.target)) event.preventDefault();
    gone.add(event.target);
    say(event.submitter);
  });
  // Back from the cache of the browser: everything may be sent again.
  addEventListener('pageshow', () => {
    for (const form of document.forms) gone.delete(form);
    for (const button of labels.keys()) unsay(button);
  });
}
