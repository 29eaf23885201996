/* What was sealed without a connection goes out as soon as there is one, once, and only for whom it belongs to.
   Sending twice does no harm: the server knows a response by its prompt and its author. */

/* What an answer of the server means for what waits. null: there was no answer. */
export function verdict(response) {
  if (response === null || response.status === 401 || response.status === 429 || response.status >= 500) return 'wait';
  // A redirect is not followed: its page would count as looked at before anybody looks.
  return response.ok || response.type === 'opaqueredirect' ? 'sent' : 'refused';
}

export async function post(url, fields, person, rest = {}) {
  const headers = { 'Attune-Person': person };
  const body = new URLSearchParams(fields);
  try {
    return await fetch(url, { method: 'POST', body, headers, redirect: 'manual', ...rest });
  } catch {
    return null;
  }
}

/* What came too late is kept for the person: what they wrote, where it is known apart from what they chose. */
async function giveBack(vault, url, fields) {
  const words = (await vault.get('words', url))?.fields ?? fields.map(([, value]) => value);
  if (words.length > 0) await vault.put('refused', url, words);
}

/* Send all that waits, oldest first. Gives the addresses by what became of them. */
export async function flush(vault, send = post) {
  const became = { sent: [], refused: [], wait: [] };
  const waiting = await vault.list('outbox');
  for (const { url, fields } of waiting.toSorted((one, other) => one.at - other.at)) {
    // One after the other: a turn must not overtake the one before it.
    const fate = verdict(await send(url, fields, vault.person)); // oxlint-disable-line no-await-in-loop
    became[fate].push(url);
    if (fate === 'wait') continue;
    if (fate === 'refused') await giveBack(vault, url, fields); // oxlint-disable-line no-await-in-loop
    await vault.drop('words', url); // oxlint-disable-line no-await-in-loop
    await vault.drop('outbox', url); // oxlint-disable-line no-await-in-loop
  }
  return became;
}

/* Only one window sends at a time. */
export function flushAlone(vault) {
  return navigator.locks ? navigator.locks.request('attune-outbox', () => flush(vault)) : flush(vault);
}
