/**
 * Measures what a person waits for: from a key to the frame in which the four phones show it. The marks stand in the
 * browser's own performance tools, and a test reads them there.
 */
const measure = "compose:redrawn";
let typedAt: number | undefined;

/** Begins to listen for what is typed, in the form and in the editor; gives what ends it. */
export function watchTyping(): () => void {
  const typed = () => {
    typedAt = performance.now();
  };
  document.addEventListener("beforeinput", typed, true);
  return () => document.removeEventListener("beforeinput", typed, true);
}

/** The phones stand in the page anew. */
export function drawn(previews: unknown): void {
  if (typedAt === undefined || previews === undefined) return;
  const start = typedAt;
  typedAt = undefined;
  // Behind the frame's own work: the message arrives when it has been painted.
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      performance.measure(measure, { start, end: performance.now() });
      channel.port1.close();
    };
    channel.port2.postMessage(undefined);
  });
}
