/* <password-reveal data-show="…" data-hide="…"> around a password field: a button that shows what is typed.
   It is hidden again before the form goes, so that no browser keeps it as plain text. */

class PasswordReveal extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector('input');
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link small' });
    const show = (plain) => {
      field.type = plain ? 'text' : 'password';
      button.textContent = plain ? this.dataset.hide : this.dataset.show;
    };
    button.addEventListener('click', () => show(field.type === 'password'));
    field.form?.addEventListener('submit', () => show(false));
    this.append(button);
    show(false);
  }
}

customElements.define('password-reveal', PasswordReveal);
