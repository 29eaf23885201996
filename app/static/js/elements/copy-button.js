/* <copy-button data-from="ID" data-done="Copied"> around a hidden button: copies the text of the element with that id,
   a list item a line. Stays hidden where there is no clipboard. */

class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button');
    const from = document.getElementById(this.dataset.from);
    if (!button || !from || !navigator.clipboard) return;
    button.hidden = false;
    this.ariaLive = 'polite';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(textOf(from));
      button.lastChild.textContent = this.dataset.done;
    });
  }
}

export function textOf(element) {
  const parts = element.querySelectorAll('li');
  return (parts.length > 0 ? [...parts] : [element]).map((part) => (part.value || part.textContent).toString().trim()).join('\n');
}

customElements.define('copy-button', CopyButton);
