import { useSyncExternalStore } from "react";
import { texts } from "../texts/texts.ts";
import styles from "./ago.module.css";

const tickMs = 5_000;
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** A time for whoever has nothing to point with. */
export const exactTime = (at: string) => exact.format(new Date(at));

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all of them on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago, or in how long, something is; its title tells the exact time. Older than a month: the day. */
export function Ago({ at }: { at: string | number | Date }) {
  useSyncExternalStore(subscribe, () => Math.floor(now / tickMs));
  const date = new Date(at);
  return (
    <time className={styles.ago} dateTime={date.toISOString()} title={exact.format(date)}>
      {inWords(date.getTime() - Date.now(), date)}
    </time>
  );
}

function inWords(aheadMs: number, date: Date): string {
  const seconds = Math.round(aheadMs / 1000);
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
  if (Math.abs(seconds) < 3) return texts.controls.now;
  if (unit === "day" && Math.abs(seconds) > 30 * size) return short.format(date);
  return relative.format(Math.trunc(seconds / size), unit);
}
