import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "src");

/** A line that the gateway may log. */
export interface LogLine {
  level: string;
  message: string;
  /** Those that are spelled out where it is logged. */
  fields: string[];
}

/** Every line that the sources may log: docs/operating.md tells of each. The simulator's own are nobody's to operate. */
export function logLines(): LogLine[] {
  const files = globSync("**/*.ts", { cwd: root }).filter(
    (file) => !/\.test\.ts$|(^|\/)simulator(\/|\.ts$)|conformance/.test(file),
  );
  return files
    .sort()
    .flatMap((file) => linesIn(readFileSync(join(root, file), "utf8"), file))
    .filter(({ level }) => level !== "debug");
}

function linesIn(text: string, file: string): LogLine[] {
  return [...text.matchAll(/\blog\??\.(debug|info|warn|error)\(/g)].map((found) => {
    const given = argumentsFrom(text, found.index + found[0].length);
    const message = /"([^"\n]+)",?\s*$/.exec(given)?.[1];
    if (message === undefined)
      throw new Error(`${file}: what is logged has no plain text: ${given.slice(-80)}`);
    return { level: found[1]!, message, fields: fieldsOf(given) };
  });
}

/** Up to the parenthesis that closes. */
function argumentsFrom(text: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; depth > 0; at++) depth += text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
  return text.slice(from, at - 1);
}

/** The names of the object that comes first: what stands at its own depth, before a colon, a comma or its end. */
function fieldsOf(given: string): string[] {
  const object = /^\s*\{([^{}()]*)\}/.exec(given)?.[1] ?? "";
  return object
    .split(",")
    .map((one) => /^\s*(\w+)\s*(:|$)/.exec(one)?.[1])
    .filter((name) => name !== undefined);
}

/** Every field that a line spells out. */
export function loggedFields(): string[] {
  return [...new Set(logLines().flatMap(({ fields }) => fields))].sort();
}
