import { after } from "node:test";
import pg from "pg";
import { startPostgres } from "./postgres-server.ts";

/** Where tests get databases: the server that `DATABASE_URL` names, or one of their own. */
export interface Databases {
  /** A new one, copied from `template`; its URL. */
  create(template?: string): Promise<string>;
  drop(url: string): Promise<void>;
}

let made = 0;

/** One server for a test file, gone when its tests are over. */
export async function postgresDatabases(): Promise<Databases> {
  const given = process.env.DATABASE_URL;
  const own = given ? undefined : await startPostgres();
  const urlOf = own?.url ?? ((name: string) => renamed(given ?? "", name));
  const admin = new pg.Client({ connectionString: given ?? own?.url("postgres") });
  await admin.connect();
  const standing = new Set<string>();
  after(async () => {
    for (const name of standing) await drop(name);
    await admin.end();
    await own?.close();
  });
  const drop = async (name: string) => {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    standing.delete(name);
  };
  return {
    create: async (template = "template1") => {
      const name = `antiphon_test_${process.pid}_${++made}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${nameIn(template)}`);
      standing.add(name);
      return urlOf(name);
    },
    drop: (url) => drop(nameIn(url)),
  };
}

function nameIn(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1).replace(/\?.*$/, "");
}

function renamed(url: string, name: string): string {
  return url.replace(/\/[^/?]*(?=\?|$)/, `/${name}`);
}
