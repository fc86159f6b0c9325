import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";
import { freePort } from "../../test/support/stack.ts";
import { antiphon } from "../gateway/arms.ts";
import { fill } from "../load/filling.ts";
import type { LoadBench, Subject } from "../load/load.ts";
import { content } from "../message.ts";

export interface Size {
  /** Of messages, their calls, attempts, states, events and ids together. */
  rows: number;
  people: number;
}

/** A data folder that a gateway may be started on. */
export interface Folder {
  dataDir: string;
  accounts: Subject["request"]["accounts"];
  remove(): Promise<void>;
}

const migrations = join(import.meta.dirname, "../../src/store/migrations");
const mostCopiedBytes = 200e6;
const template = "15549999999";
const accountsFile = "accounts.json";

/** Made once for this schema, however long that takes; the place of it. */
export async function made(bench: LoadBench, root: string, { rows, people }: Size): Promise<string> {
  const place = join(root, `${schema()}-${rows}-${people}`);
  if (await stat(join(place, accountsFile)).catch(() => undefined)) return place;
  await removeFormer(root, `-${rows}-${people}`);
  const { stack, accounts } = await antiphon(bench);
  try {
    const body = { from: accounts[0]!.channelId, to: template, content: content(0) };
    const { json } = await stack.call("POST", "/v1/messages", body);
    await eventually("message that has left", async () => {
      return (await stack.call("GET", `/v1/messages/${json.id}`)).json.status === "sent" || undefined;
    });
    await stack.stop();
    const channelIds = accounts.map(({ channelId }) => channelId);
    const file = join(stack.dataDir, "antiphon.db");
    fill({ file, messageId: json.id, channelIds, people, wanted: { rows } });
    await mkdir(root, { recursive: true });
    await rm(place, { recursive: true, force: true });
    await rename(stack.dataDir, place).catch(() => cp(stack.dataDir, place, { recursive: true }));
    // Last, so that what was broken off is made again.
    await writeFile(join(place, accountsFile), JSON.stringify(accounts));
    return place;
  } finally {
    await stack[Symbol.asyncDispose]();
  }
}

/** Of other schemas: they are large, and nobody uses them again. */
async function removeFormer(root: string, ending: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(ending)))
    await rm(join(root, name), { recursive: true });
}

/** Of all migrations: what another schema was made for is made anew, or its carrying over would be measured too. */
function schema(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, name)));
  return hash.digest("hex").slice(0, 10);
}

/** A copy of what was made, so that the work of one round is no history of the next; where a copy is dear, itself. */
export async function opened(place: string, scratch: string): Promise<Folder> {
  const accounts = JSON.parse(await readFile(join(place, accountsFile), "utf8"));
  const { size } = await stat(join(place, "antiphon.db"));
  if (size > mostCopiedBytes) return { dataDir: place, accounts, remove: async () => {} };
  await rm(scratch, { recursive: true, force: true });
  await cp(place, scratch, { recursive: true });
  return { dataDir: scratch, accounts, remove: () => rm(scratch, { recursive: true, force: true }) };
}

/** What a stack goes on from. */
export async function placeOf({ dataDir }: Folder) {
  return { dataDir, port: await freePort(), simulatorPort: await freePort(), key: "" };
}
