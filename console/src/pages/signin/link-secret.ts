let taken: string | undefined;

/**
 * What stands behind the `#` of the link. It goes from the address bar and from the history at once, before anything
 * else is done, so that nobody reads it there later.
 */
export function linkSecret(): string | undefined {
  const secret = location.hash.slice(1);
  if (secret) {
    taken = secret;
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return taken;
}

/** It was tried: another visit of the page begins with a key. */
export function forgetLinkSecret(): void {
  taken = undefined;
}
