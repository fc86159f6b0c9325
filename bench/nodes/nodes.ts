import { type Benchmark, type Form, type Measured, type Rounds, ratios, valuesOf } from "../benchmark.ts";
import { Budget } from "../budget.ts";
import { LoadBench, type Wish } from "../load/load.ts";
import { Cluster } from "./cluster.ts";
import { moves } from "./moves.ts";

interface Length {
  sizes: number[];
  rounds: number;
  load: Wish;
  idleMs: number;
}

/** `NODES_RATE=100` for another rate, which all must keep up with. */
const perSecond = Number(process.env.NODES_RATE ?? 60);
const forms: Record<Form, Length> = {
  short: {
    sizes: [1, 2],
    rounds: 1,
    load: { perSecond: 20, seconds: 1 },
    idleMs: 200,
  },
  full: {
    sizes: [1, 2, 4],
    rounds: 5,
    load: { perSecond, seconds: 5 },
    idleMs: 1_000,
  },
};
/** Of so many is the cluster that gets one more for a while. */
const joined = 2;
const most = 1.15;
const apart =
  "What comes to one gateway in a moment is written in one transaction; four have a quarter of it each, and transactions of their own: 3.3 a message in place of 1.6, at 20 messages/s " +
  "(pg_stat_database), for the same rows and the same 15 KB of WAL. Beats and looks at the leases are each gateway's as well.";
const nameOf = (size: number) => (size === 1 ? "1 gateway" : `${size} gateways`);
const moved = {
  calm: `${nameOf(joined)}, before`,
  join: `${nameOf(joined)}, one more joins`,
  leave: `${nameOf(joined)}, it leaves`,
};

async function warmedUp(bench: LoadBench, { subject, size }: Cluster, { load }: Length): Promise<void> {
  await bench.run(subject, { ...load, seconds: load.seconds * size });
}

async function loaded(bench: LoadBench, { subject }: Cluster, { load, idleMs }: Length): Promise<Measured> {
  const idle = await bench.idle(subject, idleMs);
  const shown = await bench.run(subject, load);
  const { micros, subjectCpu, databaseCpu, generatorCpu } = shown;
  const secondsOf = (cores: number) => (micros / 1000) * (cores / (subjectCpu + databaseCpu));
  const { acceptP50, acceptP99, arriveP50, arriveP99, refused, missing, twice } = shown;
  return {
    seconds: micros / 1000,
    gateways: secondsOf(subjectCpu),
    database: secondsOf(databaseCpu),
    generator: secondsOf(generatorCpu),
    idleGateways: idle.own,
    idleDatabase: idle.database,
    perSecond: shown.perSecond,
    ...({ acceptP50, acceptP99, arriveP50, arriveP99, refused, missing, twice } as Measured),
  };
}

/** Of as many as there are in this form beside one. */
function ofMost(figure: string): (rounds: Rounds) => number[] {
  return (rounds) => {
    const sizes = Object.keys(rounds).filter((arm) => /gateways?$/.test(arm));
    return ratios(rounds, { arm: sizes.at(-1)!, figure }, { arm: nameOf(1), figure });
  };
}

function ofTwo(figure: string): (rounds: Rounds) => number[] {
  return (rounds) => ratios(rounds, { arm: nameOf(2), figure }, { arm: nameOf(1), figure });
}

export const nodes: Benchmark = {
  name: "nodes",
  title: "`nodes`: several gateways on one PostgreSQL",
  says:
    "The same messages at one rate, which all keep up with, to 1, 2 and 4 gateways in turns, each cluster on a PostgreSQL of its own; eight numbers are " +
    "spread evenly over the gateways, and each takes messages for all of them. Seconds of processor are those of all gateways together, of PostgreSQL's " +
    "processes, and of the generator, for 1,000 messages, with what they use while nothing is sent in them. In the last rows a gateway is started under " +
    "that load and stopped again: what those who send see of it from its start, or end, until every number is where it belongs; silent is the " +
    "longest time without a send of a number that moved, the median of them and the longest.",
  figures: [
    { name: "seconds", title: "s of processor for 1,000", digits: 2 },
    { name: "gateways", title: "gateways'", digits: 2 },
    { name: "database", title: "PostgreSQL's", digits: 2 },
    { name: "generator", title: "generator's", digits: 2 },
    { name: "idleGateways", title: "cores while idle: gateways'", digits: 3 },
    { name: "idleDatabase", title: "PostgreSQL's", digits: 3 },
    { name: "perSecond", title: "on the platform, per second", digits: 0 },
    { name: "arriveP50", title: "p50, ms", digits: 1 },
    { name: "arriveP99", title: "p99, ms", digits: 1 },
    { name: "moved", title: "numbers that moved", digits: 0 },
    { name: "silent", title: "silent, ms", digits: 0 },
    { name: "longest", title: "longest, ms", digits: 0 },
  ],
  targets: [
    {
      says: "a message's processor time with the most gateways beside one",
      values: ofMost("seconds"),
      atMost: most,
      unit: "×",
      reason: apart,
    },
    { says: "the same with 2", values: ofTwo("seconds"), atMost: most, unit: "×", reason: apart },
    { says: "of it PostgreSQL's with the most gateways beside one", values: ofMost("database"), unit: "×" },
    {
      says: "the longest silence of a number that moved when a gateway joined",
      values: (rounds) => valuesOf(rounds, moved.join, "longest"),
      unit: "ms",
    },
  ],
  async run(form, tell) {
    const length = forms[form];
    const rounds: Rounds = Object.fromEntries(
      [...length.sizes.map(nameOf), ...Object.values(moved)].map((name) => [name, []]),
    );
    const clusters: Cluster[] = [];
    const budget = new Budget();
    await using bench = await LoadBench.open();
    try {
      for (const size of length.sizes) clusters.push(await Cluster.start(bench, size));
      // Each gateway as much as any other: code that has run seldom costs more. The short form does without.
      if (form === "full") for (const cluster of clusters) await warmedUp(bench, cluster, length);
      tell("nodes: warm");
      for (let round = 1; round <= length.rounds && budget.hasRoom(round); round++) {
        for (const cluster of clusters)
          rounds[nameOf(cluster.size)]!.push(await loaded(bench, cluster, length));
        const cluster = clusters.find(({ size }) => size === joined)!;
        const shown = await moves(bench, cluster, length.load.perSecond);
        for (const [name, arm] of Object.entries(moved)) rounds[arm]!.push(shown[name as keyof typeof moved]);
        tell(`nodes: round ${round} of ${length.rounds}`);
      }
    } finally {
      for (const cluster of clusters) await cluster.stop();
    }
    return {
      setting: { "per second": length.load.perSecond, "seconds a step": length.load.seconds },
      rounds,
    };
  },
};
