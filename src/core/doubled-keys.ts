import { pointerStep } from "./json.ts";

/** An object or a list that is open where the text is read. */
interface Level {
  /** Of an object: those that were read. */
  keys?: Set<string>;
  awaitsKey: boolean;
  /** The key or index that is read. */
  step: string | number;
}

/** Pointers to the keys that stand more than once in one object of a JSON text. */
export function doubledKeys(text: string): string[] {
  const doubled: string[] = [];
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const level = levels.at(-1);
    if (char === '"') {
      const end = endOfString(text, at);
      if (level?.keys && level.awaitsKey) {
        level.step = JSON.parse(text.slice(at, end + 1)) as string;
        if (level.keys.has(level.step)) doubled.push(levels.map(({ step }) => pointerStep(step)).join(""));
        level.keys.add(level.step);
        level.awaitsKey = false;
      }
      at = end;
    } else if (char === "{") levels.push({ keys: new Set(), awaitsKey: true, step: "" });
    else if (char === "[") levels.push({ awaitsKey: false, step: 0 });
    else if (char === "}" || char === "]") levels.pop();
    else if (char === "," && level) {
      if (typeof level.step === "number") level.step++;
      level.awaitsKey = level.keys !== undefined;
    }
  }
  return doubled;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
