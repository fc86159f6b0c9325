import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allOf, covers, type Scope, scopes } from "../src/core/scope.ts";
import { undocumented } from "../src/http/declare.ts";
import type { Operation } from "../src/http/operation.ts";
import { operations } from "../src/http/operations.ts";

/** Writes the tables of docs/security.md that the operations give; the rest of that page is written by hand. */
export const file = join(import.meta.dirname, "..", "docs", "security.md");
const begin = "<!-- made by scripts/scopes.ts --write -->";
const end = "<!-- end -->";

const does: Record<Scope, string> = {
  send: "send, preview, cancel and resolve messages; the drop-in",
  read: "messages, conversations, events, files, deliveries, channels",
  manage: "connect and change channels, apps and endpoints; repeat deliveries",
  admin: "everything, API keys among it",
};
const foreign = { named: "hidden", listed: "left out", all: "403" } as const;

/** What a key that is limited to other channels gets. */
export function foreignCell({ scope, reach }: Operation): string {
  return scope === "open" || scope === "any" ? "yes" : foreign[reach ?? "all"];
}

/** What a key of this scope alone gets; `none`: no key. */
export function scopeCell(operation: Operation, scope: Scope | "none"): string {
  if (operation.scope === "open") return "yes";
  if (scope === "none") return operation.isOpenHere ? "401, here yes" : "401";
  return operation.scope === "any" || covers([scope], operation.scope) ? "yes" : "403";
}

function scopeTables(): string {
  const meanings = scopes.map((scope) => {
    const others = allOf([scope]).filter((one) => one !== scope);
    return [`\`${scope}\``, does[scope], others.map((one) => `\`${one}\``).join(", ") || "–"];
  });
  const routes = operations.map((one) => [
    `\`${one.method.toUpperCase()} ${one.path}\``,
    ...(["none", ...scopes] as const).map((scope) => scopeCell(one, scope)),
    foreignCell(one),
  ]);
  return [
    table(["scope", "what it is for", "brings with it"], meanings),
    table(["route", "no key", ...scopes.map((scope) => `\`${scope}\``), "of a foreign channel"], routes),
    `Not in the table, and without a key: ${[...undocumented].map((path) => `\`${path}\``).join(", ")}. Webhooks prove themselves by their platform's signature or token.`,
  ].join("\n\n");
}

/** The page with its tables made anew. */
export function securityDocument(text: string): string {
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/security.md has lost its markers ${begin} and ${end}`);
  return `${before}${begin}\n\n${scopeTables()}\n\n${end}${after}`;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

if (import.meta.main) {
  const text = readFileSync(file, "utf8");
  const made = securityDocument(text);
  if (process.argv.includes("--write")) writeFileSync(file, made);
  else if (text !== made) {
    process.stderr.write("docs/security.md is stale: run scripts/scopes.ts --write\n");
    process.exitCode = 1;
  }
}
