/* Everything here improves pages that work without it. */

import { sync } from './device.js';
import { leadToTrouble, watchSending, writing } from './forms.js';
import { listen } from './person.js';
import { watchSigningOut } from './signing-out.js';

listen();
watchSigningOut();
watchSending();
leadToTrouble();

// The one address that may ever become a script: what is asked for makes no difference.
const policy = globalThis.trustedTypes?.createPolicy('app-sw', { createScriptURL: () => '/sw.js' });
navigator.serviceWorker?.register(policy?.createScriptURL('') ?? '/sw.js', { updateViaCache: 'none' });
// A notification was tapped that leads to this page: it shows what is new, unless somebody writes on it.
navigator.serviceWorker?.addEventListener('message', () => writing() || location.reload());
if (document.querySelector('[data-open="0"]')) navigator.clearAppBadge?.().catch(() => {});

// The elements that the page has, and no other. <push-device> is to look first: it knows more.
const here = new Set(Array.from(document.querySelectorAll(':not(:defined)'), (each) => each.localName));
await Promise.allSettled(Array.from(here, (tag) => import(`./elements/${tag}.js`)));
sync();
