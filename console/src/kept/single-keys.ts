import { useSyncExternalStore } from "react";
import { keep, kept } from "./kept.ts";

const name = "single-keys";
const off = "off";
const listeners = new Set<() => void>();
let isOn = kept(name) !== off;

/** Whether single letters are keys of the console. Who speaks to the machine switches them off: words are letters (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  return isOn;
}

/** Switches them on or off in this browser. */
export function switchSingleKeys(wish: boolean): void {
  isOn = wish;
  keep(name, wish ? undefined : off);
  for (const tell of listeners) tell();
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, areSingleKeysOn);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
