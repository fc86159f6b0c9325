import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { promisify } from "node:util";
import { formerSources } from "../../../scripts/former-sources.ts";
import { Chance } from "../../fuzz/chance.ts";
import { eventually } from "../../support/eventually.ts";
import { Load } from "../load.ts";
import { judge } from "../ordeal.ts";
import { commitNow, machine } from "../report.ts";
import { Cluster } from "./cluster.ts";
import { settledNotices } from "./ordeal.ts";
import { shortNodesPlan } from "./plan.ts";
import { talk } from "./talk.ts";
import { brokenByNodes } from "./verdict.ts";

/**
 * `npm run test:mixed -- REV`: the gateway of that revision on PostgreSQL, under load; the database is migrated beneath it;
 * one of this tree is started beside it and works with it; the former ones end, by SIGTERM and by SIGKILL. The audit is
 * that of the crash run.
 */
const root = join(import.meta.dirname, "..", "..", "..");
const plan = { ...shortNodesPlan, channelsPerPlatform: 2, drainSeconds: 240 };
const togetherMs = 8_000;

const [revision] = process.argv.slice(2);
if (!revision) throw new Error("Name a revision: npm run test:mixed -- REV");
const former = formerSources(revision);
try {
  await rollOver(former.folder);
} finally {
  rmSync(former.folder, { recursive: true, force: true });
}

async function rollOver(tree: string): Promise<void> {
  await using cluster = await Cluster.open(plan, {
    editions: [{ tree }, { tree }, {}, {}],
    started: 2,
  });
  const [first, second, third, fourth] = cluster.nodes as [Node, Node, Node, Node];
  const random = new Chance(plan.seed);
  const load = new Load(cluster, plan, () => random.fraction());
  const stopping = new AbortController();
  const stopped = stopping.signal;
  await load.begin();
  const loading = load.run(stopped);
  const talking = talk(cluster, {
    perSecond: plan.inboundPerSecond,
    chance: new Chance(plan.seed + 1),
    stopped,
  });
  for (const part of [loading, talking]) part.catch(() => stopping.abort());
  const steps: string[] = [];
  const step = async (what: string, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    steps.push(`${what} (${Math.round(performance.now() - began)} ms)`);
    process.stdout.write(`${steps.at(-1)}\n`);
  };
  const work = async () => {
    await rest(togetherMs, undefined, { signal: stopped });
    const before = await cluster.schema();
    await step("migrated beneath the former version", () => migrate(cluster));
    steps.push(`schema ${before} became ${await cluster.schema()}`);
    await step("the former version went on", () => sends([first, second]));
    await step("one of this version was started beside them", () => third.start());
    await step("all three sent", () => sends([first, second, third]));
    await step("one of the former version was stopped", () => first.stop());
    await step("another of this version was started", () => fourth.start());
    await step("both versions sent", () => sends([second, third, fourth]));
    await step("the last of the former version was killed", () => second.kill());
    await step("its work was taken over", () => owned(cluster, second));
    await step("this version sent", () => sends([third, fourth]));
  };
  await work().finally(() => stopping.abort());
  await loading;
  const figures = await judge(cluster, load.accepted, plan.drainSeconds);
  const notices = await settledNotices(cluster, await talking);
  const wrongs = brokenByNodes({ figures, notices, aside: cluster.aside }, { mayBeOpen: false });
  const told = {
    former: former.commit,
    commit: commitNow(),
    machine: machine(),
    steps,
    figures,
    notices,
    wrongs,
  };
  process.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
  if (wrongs.length > 0) process.exitCode = 1;
}

type Node = Cluster["nodes"][number];

async function migrate(cluster: Cluster): Promise<void> {
  const env = { PATH: process.env.PATH, ...cluster.environment };
  const { stdout } = await promisify(execFile)(process.execPath, ["src/main.ts", "migrate"], {
    cwd: root,
    env,
  });
  process.stdout.write(stdout);
}

/** Each of them has settled calls since. */
async function sends(nodes: readonly Node[]): Promise<void> {
  const before = nodes.map((node) => node.settled);
  await eventually("calls of each node", () =>
    nodes.every((node, n) => node.settled > before[n]!) ? true : undefined,
  );
}

async function owned(cluster: Cluster, { id }: Node): Promise<void> {
  await eventually("owners of everything", async () =>
    (await cluster.withoutOwner(id === undefined ? [] : [id])) === 0 ? true : undefined,
  );
}
