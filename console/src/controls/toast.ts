import type { Tone } from "./tone.ts";

export interface Notice {
  id: number;
  text: string;
  tone: Tone;
}

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function become(next: readonly Notice[]): void {
  notices = next;
  for (const tell of listeners) tell();
}

/** Says for a few seconds what has happened. What must not be missed stands on the page instead. */
export function toast(text: string, tone: Tone = "plain"): void {
  lastId += 1;
  become([...notices.slice(-3), { id: lastId, text, tone }]);
}

/** What is said now, for `Toasts` alone. */
export const toasts = {
  get: (): readonly Notice[] => notices,
  dismiss: (id: number) => become(notices.filter((notice) => notice.id !== id)),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
