import type { ReactNode } from "react";
import { onForget } from "../api/on-forget.ts";

/** A secret that the gateway tells this one time. */
export interface ToldOnce {
  title: string;
  /** What it is for, and that it is not told again. */
  text: string;
  secret: string;
  /** The words of the button that copies it. */
  copy: string;
  /** What else its making told. */
  about?: ReactNode;
}

let waiting: readonly ToldOnce[] = [];
const listeners = new Set<() => void>();

function become(next: readonly ToldOnce[]): void {
  waiting = next;
  for (const tell of listeners) tell();
}

onForget(() => become([]));

/** Shows a secret above whatever page there is, until somebody says that it is kept: going elsewhere does not lose it. */
export function showOnce(told: ToldOnce): void {
  become([...waiting, told]);
}

/** What is to be shown, for `ShownOnce` alone. */
export const toldOnce = {
  first: (): ToldOnce | undefined => waiting[0],
  kept: () => become(waiting.slice(1)),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
