import type { CDPSession, Page } from "playwright-core";

/** What the console takes of a person's time, as the browser's own clocks tell it. */

/** From the beginning of the navigation: its last drawing, or the end of what its scripts and styles took. */
export function usableMs(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(() => resolve(Math.max(
      performance.getEntriesByType("navigation")[0].domInteractive,
      ...performance.getEntriesByType("paint").map((one) => one.startTime),
      ...performance.getEntriesByType("resource").filter((one) => one.initiatorType !== "fetch").map((one) => one.responseEnd),
    ))));
  })`);
}

export interface Scrolled {
  /** How long each frame took, in milliseconds. */
  deltas: number[];
  mostRows: number;
  rowsPassed: number;
  /** Of the page's thread: its own processor time, which is the same on a busy machine. */
  workMsPerFrame: number;
}

/** Scrolls the list of messages by so many pixels in each of so many frames. */
export async function scrolled(page: Page, devtools: CDPSession, by: { px: number; frames: number }) {
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await workMs(devtools);
  const seen = await page.evaluate<Omit<Scrolled, "workMsPerFrame">>(`new Promise((resolve) => {
    const list = document.querySelector("[role=listbox]");
    const height = list.querySelector("[role=option]").getBoundingClientRect().height;
    const deltas = [];
    let mostRows = 0;
    let last = performance.now();
    const frame = (now) => {
      deltas.push(now - last);
      last = now;
      mostRows = Math.max(mostRows, list.querySelectorAll("[role=option]").length);
      if (deltas.length > ${by.frames}) {
        resolve({ deltas: deltas.slice(1), mostRows, rowsPassed: Math.round(list.scrollTop / height) });
        return;
      }
      list.scrollTop += ${by.px};
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
  const workMsPerFrame = ((await workMs(devtools)) - before) / seen.deltas.length;
  return { ...seen, workMsPerFrame };
}

async function workMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

const redrawn = "compose:redrawn";

/** Types a text key by key where the focus is on Compose: from each key to the frame in which four phones show it. */
export async function typedMs(page: Page, text: string): Promise<number[]> {
  const times: number[] = [];
  for (const letter of text) {
    await page.keyboard.type(letter);
    await page.waitForFunction(([name, count]) => performance.getEntriesByName(name).length > count, [
      redrawn,
      times.length,
    ] as const);
    times.push(await page.evaluate(`performance.getEntriesByName("${redrawn}").at(-1).duration`));
  }
  return times;
}
