/** Memory that threads share: what several of the core's parts need, and not every page may have. */

/**
 * A page may make a shared memory of WebAssembly, but not always hand it to a thread; a `SharedArrayBuffer` it may not
 * even make.
 *
 * @param who in the message: what shares memory
 * @throws Error in a page that is not isolated from others
 */
export function expectSharedMemory(who: string): void {
  if (globalThis.crossOriginIsolated === false)
    throw new Error(
      `${who} share memory, expected a page that is isolated from others: served with the headers ` +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    )
}
