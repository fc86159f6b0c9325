/**
 * For one wish: asked for again under it, it is not done twice. Not by `crypto.randomUUID`, which is there only for
 * pages by TLS or from this machine.
 */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
