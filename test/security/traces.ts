import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Something planted, and what is looked for: its name is told, never itself. */
export type Canaries = Record<string, string>;

/** Every spelling in which a text may lie around: as it is, in JSON, in a URL, in hex, and in base64 at any of its three places. */
export function spellings(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const escaped = text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const inBase64 = [0, 1, 2].flatMap((before) => {
    const code = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and the last letters depend on the neighbours too.
    const sure = code.slice(before === 0 ? 0 : before + 1, -1);
    return [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const hex = bytes.toString("hex");
  return [
    ...new Set([
      text,
      JSON.stringify(text).slice(1, -1),
      escaped,
      encodeURIComponent(text),
      hex,
      hex.toUpperCase(),
      ...inBase64,
    ]),
  ];
}

/** The names of the canaries that stand in some bytes. */
export function tracesIn(bytes: Buffer | string, canaries: Canaries): string[] {
  const within = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  return Object.entries(canaries)
    .filter(([, text]) => spellings(text).some((spelling) => within.includes(spelling)))
    .map(([name]) => name);
}

/** The same in all files of a folder: where each is found. */
export function tracesBelow(folder: string, canaries: Canaries): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && statSync(path).isFile())
    .flatMap((path) => tracesIn(readFileSync(path), canaries).map((found) => `${found} in ${path}`));
}
