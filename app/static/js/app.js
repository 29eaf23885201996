/* Registers the worker. Everything here improves pages that work without it. */

const policy = globalThis.trustedTypes?.createPolicy('app-sw', { createScriptURL: () => '/sw.js' });

if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register(policy?.createScriptURL('') ?? '/sw.js', { updateViaCache: 'none' });
}
