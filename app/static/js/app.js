/* Everything here improves pages that work without it. */

import './elements/copy-words.js';
import './elements/draft-keeper.js';
import './elements/fill-code.js';
import './elements/install-hint.js';
import './elements/out-box.js';
import './elements/password-reveal.js';
import './elements/push-device.js';
import './elements/scale-slide.js';
import './elements/shake-jar.js';
import './elements/share-button.js';
import './elements/talk-timer.js';
import './elements/zone-field.js';
import './elements/zone-follow.js';
import { sync } from './device.js';
import { watchSending } from './forms.js';
import { listen } from './person.js';
import { watchSigningOut } from './signing-out.js';

listen();
watchSigningOut();
watchSending();

// The one address that may ever become a script: what is asked for makes no difference.
const policy = globalThis.trustedTypes?.createPolicy('app-sw', { createScriptURL: () => '/sw.js' });
navigator.serviceWorker?.register(policy?.createScriptURL('') ?? '/sw.js', { updateViaCache: 'none' });
// A notification was tapped that leads to this page: it shows what is new, unless somebody writes on it.
navigator.serviceWorker?.addEventListener('message', () => document.querySelector('draft-keeper') ?? location.reload());
sync();
if (document.querySelector('[data-open="0"]')) navigator.clearAppBadge?.().catch(() => {});
