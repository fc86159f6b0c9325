import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MessageType } from "../src/core/message.ts";
import type { Limit, Platform, Rate, TypeCapability } from "../src/core/platform.ts";
import { platforms } from "../src/platforms/index.ts";

/**
 * The document of the matrix, made from the platforms' capability data: `node scripts/capabilities.ts --write`
 * writes docs/capabilities.md, without `--write` it fails where the file is stale.
 */
export const file = join(import.meta.dirname, "..", "docs", "capabilities.md");

const all = Object.values(platforms);
const types = Object.keys(platforms.whatsapp.capabilities.types) as MessageType[];

/** The whole text of docs/capabilities.md. */
export function capabilitiesDocument(): string {
  const tables = [drawingTable(), windowTable(), paceTable(), fileTable()];
  const parts = [introduction, ...tables, ...all.flatMap(limitTables)];
  return `${parts.join("\n\n")}\n`;
}

const introduction = `# What each platform can show

Made from the platforms' capability data by \`scripts/capabilities.ts\`, and compared with it by a test: change the data,
then run the script with \`--write\`. \`GET /v1/capabilities\` answers the same data as JSON.

*native*: a control or a message of the platform's own that says the same. *adapted*: drawn in another form with all of its
content; the ledger tells how. *refused*: the platform has nothing for it. A single message can still be adapted where its
type is native (a text that is too long, say): the ledger of a send or a preview is what holds.`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function drawingTable(): string {
  const drawn = ({ support, how }: TypeCapability) => `*${support}*: ${how}`;
  const rows = types.map((type) => [
    `\`${type}\``,
    ...all.map(({ capabilities }) => drawn(capabilities.types[type])),
  ]);
  return `## Types\n\n${table(["type", ...all.map(({ title }) => title)], rows)}`;
}

function windowTable(): string {
  const rows = all.map(({ title, capabilities: { windowSeconds, humanWindowSeconds } }) => [
    title,
    windowSeconds === null ? "at any time" : afterLastMessage(windowSeconds),
    humanWindowSeconds === undefined ? "the same" : afterLastMessage(humanWindowSeconds),
  ]);
  const head = ["platform", "free messages", 'what a person wrote (`origin: "human"`)'];
  return `## When a message may be sent\n\n${table(head, rows)}`;
}

function afterLastMessage(seconds: number): string {
  const hours = seconds / 3600;
  return `for ${hours > 48 ? `${hours / 24} days` : `${hours} hours`} after the contact's last message`;
}

function paceTable(): string {
  const rows = all.flatMap(({ title, capabilities: { pace } }) =>
    Object.entries(rated(pace)).map(([of, rate]) => [title, of, ...paceCells(rate)]),
  );
  return `## Pace\n\n${table(["platform", "for each", "messages", "at once", "source"], rows)}`;
}

function rated({ kinds = {}, ...whole }: Platform["capabilities"]["pace"]): Record<string, Rate> {
  const named = Object.entries(kinds).map(([kind, rate]) => [`channel, ${kind.replaceAll("_", " ")}`, rate]);
  return { ...whole, ...Object.fromEntries(named) };
}

function paceCells({ perSecond, maxPerSecond, burst, source, read }: Rate): string[] {
  const settable = maxPerSecond === undefined ? "" : `, up to ${maxPerSecond} by setting`;
  const pace = perSecond >= 1 ? `${perSecond} in a second` : `1 in ${Math.round(1 / perSecond)} seconds`;
  return [pace + settable, String(burst), sourceCell(source, read)];
}

function fileTable(): string {
  const rows = all.flatMap(({ title, capabilities }) =>
    types.flatMap((type) => {
      const { formats } = capabilities.types[type];
      return formats ? [[title, `\`${type}\``, formats.join(", ")]] : [];
    }),
  );
  const text =
    "By the ending of the link's name; a file of another kind goes as its link in a text. Platforms that are not here name none.";
  return `## Kinds of files\n\n${text}\n\n${table(["platform", "type", "endings"], rows)}`;
}

function limitTables({ title, capabilities }: Platform): string[] {
  const rows = types.flatMap((type) =>
    Object.entries(capabilities.types[type].limits ?? {}).map(([name, limit]) => [
      `\`${type}\``,
      // A second unit of one place stands behind its name in the data.
      name.startsWith("/") ? `\`${name.split(" ")[0]}\`` : name.replaceAll("_", " ") || "the list itself",
      ...limitCells(limit),
    ]),
  );
  if (rows.length === 0) return [];
  return [`## Limits of ${title}\n\n${table(["type", "of", "least", "most", "unit", "source"], rows)}`];
}

function limitCells({ min, max, unit, source, read }: Limit): string[] {
  const bound = (value: number | undefined) => (value === undefined ? "" : String(value));
  return [bound(min), bound(max), unit.replace("_", " "), sourceCell(source, read)];
}

function sourceCell(source: string, read: string): string {
  const page = URL.canParse(source) ? `[${nameOf(source)}](${source})` : source;
  return `${page}, ${read}`;
}

/** The end of a page's path says what it is about. */
function nameOf(source: string): string {
  const { pathname, hash, hostname } = new URL(source);
  const page = pathname.split("/").findLast((part) => part !== "") ?? hostname;
  return `${page}${hash}`;
}

if (import.meta.main) {
  const made = capabilitiesDocument();
  if (process.argv.includes("--write")) writeFileSync(file, made);
  else if (readFileSync(file, "utf8") !== made) {
    process.stderr.write("docs/capabilities.md is stale: run scripts/capabilities.ts --write\n");
    process.exitCode = 1;
  }
}
