/* <install-hint hidden> with a hidden [data-ask] button and a hidden [data-how] text: offers to install where the
   browser can ask, and says how on an iPhone, where only the person can. Nothing where it is installed already. */

const installed = () => matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;
const iphone = () => 'standalone' in navigator;

class InstallHint extends HTMLElement {
  connectedCallback() {
    if (installed()) return;
    if (iphone()) this.offer('[data-how]');
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.offer('[data-ask]').addEventListener('click', () => event.prompt(), { once: true });
    });
    addEventListener('appinstalled', () => { this.hidden = true; });
  }

  offer(part) {
    const shown = this.querySelector(part);
    [this.hidden, shown.hidden] = [false, false];
    return shown;
  }
}

customElements.define('install-hint', InstallHint);
