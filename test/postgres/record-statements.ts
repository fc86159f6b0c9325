import { writeFileSync } from "node:fs";
import pg from "pg";

/**
 * To be loaded before everything else (`node --import`): every statement with values that is asked of PostgreSQL is
 * written to the file that `ANTIPHON_STATEMENTS` names, once each.
 */
const file = process.env.ANTIPHON_STATEMENTS;
if (!file) throw new Error("ANTIPHON_STATEMENTS names no file.");
const texts = new Set<string>();
const { query } = pg.Client.prototype;

pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [asked] = args;
  if (typeof asked === "object" && asked !== null && "text" in asked && "name" in asked)
    texts.add(String(asked.text));
  return Reflect.apply(query, this, args);
} as typeof query;

process.once("exit", () => writeFileSync(file, JSON.stringify([...texts].sort())));
