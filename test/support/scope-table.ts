import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Scope, scopes } from "../../src/core/scope.ts";

const file = join(import.meta.dirname, "..", "..", "docs", "security.md");

/** What docs/security.md promises of a route: a cell for no key, for each scope, and for what is of a foreign channel. */
export interface Promised {
  route: string;
  cells: Record<"none" | Scope, string>;
  foreign: string;
}

export function scopeTable(): Promised[] {
  const rows = [
    ...readFileSync(file, "utf8").matchAll(/^\| `((?:GET|POST|PATCH|DELETE) \/[^`]*)` \| (.*) \|$/gm),
  ];
  return rows.map(([, route, cells]) => {
    const told = cells!.split(" | ");
    const byKey = (["none", ...scopes] as const).map((key, at) => [key, told[at]!]);
    return { route: route!, cells: Object.fromEntries(byKey), foreign: told.at(-1)! };
  });
}
