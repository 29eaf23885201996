/* <share-button data-title="…" data-text="…" data-url="…"> around a hidden button: opens the phone's own sheet.
   Stays hidden where there is none. */

class ShareButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button');
    const { title, text, url } = this.dataset;
    if (!button || !navigator.share) return;
    button.hidden = false;
    button.addEventListener('click', () => navigator.share({ title, text, url }).catch(() => {}));
  }
}

customElements.define('share-button', ShareButton);
