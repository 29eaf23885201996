/* <come-back data-offline="/offline"> around a link: the page without a connection stands in place of one that was asked
   for. That one comes by itself as soon as the server can be reached again. */

import { reachable } from '../forms.js';

const PAUSE = 3000;

class ComeBack extends HTMLElement {
  connectedCallback() {
    if (location.pathname === this.dataset.offline) return;
    const link = Object.assign(this.querySelector('a'), { href: location.href });
    const look = async () => await reachable() && location.replace(link.href);
    addEventListener('online', look);
    setInterval(look, PAUSE);
  }
}

customElements.define('come-back', ComeBack);
