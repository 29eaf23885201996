/* <topic-search data-offline="…"> around a search form, a status and [data-found]: finds while one types. What is typed
   stays out of the address, and so out of the browser's history; the page itself remembers it, for the way back to it. */

const PAUSE = 180; // ms without a key before it asks

class TopicSearch extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form');
    this.field = this.querySelector('input');
    this.field.addEventListener('input', () => this.soon(PAUSE));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      // Out of the way of what was found: the keys of a phone.
      if (matchMedia('(pointer: coarse)').matches) this.field.blur();
      this.soon(0);
    });
    // To follow a link to this very page takes its state along, and so what was asked.
    this.addEventListener('click', ({ target }) => target.closest('a')?.href === this.form.action && this.forget());
    // On the way back to it, or typed by somebody quicker than this script.
    this.field.value ||= history.state?.asked ?? '';
    if (this.field.value !== this.field.defaultValue) this.soon(0);
  }

  forget() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    history.replaceState({ ...history.state, asked: '' }, '');
  }

  soon(pause) {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.waiting = setTimeout(() => this.ask(), pause);
  }

  ask() {
    const { action } = this.form;
    const asked = this.field.value.trim();
    history.replaceState({ ...history.state, asked }, '', action);
    // Not fetch: a request for a document brings one that is read already, and never has its scripts run.
    this.asking = Object.assign(new XMLHttpRequest(), { responseType: 'document' });
    this.asking.addEventListener('load', ({ target: { status, response } }) => {
      if (status === 200 && response) this.show(response);
    });
    this.asking.addEventListener('error', () => {
      this.querySelector('[role="status"]').textContent = this.dataset.offline;
    });
    this.asking.open('GET', asked ? `${action}?${new URLSearchParams({ q: asked })}` : action);
    this.asking.send();
  }

  show(page) {
    for (const part of ['[role="status"]', '[data-found]']) {
      const found = page.querySelector(`topic-search ${part}`);
      if (found) this.querySelector(part).replaceChildren(...found.childNodes);
    }
  }
}

customElements.define('topic-search', TopicSearch);
