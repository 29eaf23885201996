/* <fill-code> around the field for an invitation's code: takes the code out of the address behind #, which no server
   ever sees, and out of the history. */

class FillCode extends HTMLElement {
  connectedCallback() {
    const code = decodeURIComponent(location.hash.slice(1));
    const field = this.querySelector('input');
    if (!code || !field) return;
    if (!field.value) field.value = code;
    history.replaceState(null, '', location.pathname + location.search);
  }
}

customElements.define('fill-code', FillCode);
