/* <form data-signs-out data-unsent="…?" data-offline="…">: before it goes, this phone forgets what it keeps, and rings no
   more. If something still waits to go out it is sent, and where that fails the person is asked. Without a connection the
   page stays, and says so: the session can only end at the server. */

import { silence, within } from './device.js';
import { reachable, remain } from './forms.js';
import { flushAlone } from './outbox.js';
import { announce, person } from './person.js';
import { openVault, wipe } from './vault.js';

const PATIENCE = 3000;

export function watchSigningOut() {
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.matches('[data-signs-out]')) return;
    event.preventDefault();
    const waiting = await within(PATIENCE, unsent());
    if (waiting > 0 && form.dataset.unsent && !confirm(form.dataset.unsent)) return;
    await within(PATIENCE, forget());
    announce('');
    if (await reachable()) form.submit();
    else remain(event.submitter, form.dataset.offline);
  });
}

async function unsent() {
  if (!person()) return 0;
  const { wait } = await flushAlone(await openVault(person()));
  return wait.length;
}

async function forget() {
  navigator.serviceWorker?.controller?.postMessage('wipe');
  await Promise.allSettled([wipe(), silence()]);
}
