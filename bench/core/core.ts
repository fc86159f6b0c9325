import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Benchmark, type Form, type Measured, type Rounds, ratios } from "../benchmark.ts";
import { Budget } from "../budget.ts";
import type { Ask, Told } from "./arm-process.ts";
import { arms } from "./arms.ts";

const forms: Record<Form, { rounds: number; ms: number }> = {
  short: { rounds: 1, ms: 30 },
  full: { rounds: 7, ms: 500 },
};
const steps = ["render", "send", "parse"] as const;
const of = (arm: string, figure: string) => ({ arm, figure });

/** Each library in a process of its own, so that none is compiled for another's shapes. */
export const core: Benchmark = {
  name: "core",
  title: "`core`: one message and one webhook, without a network or a disk",
  says:
    "Microseconds of processor for one message with header, text and three buttons, and for one tap of a button. `render` checks it " +
    "against every limit and draws it; `send` goes on to the request's bytes and reads the platform's answer, which a `fetch` in place of " +
    "the network gives at once; `parse` goes from a webhook's bytes over its signature to the tap. Each library in a process of its own.",
  figures: [
    { name: "render", title: "render, µs", digits: 1 },
    { name: "send", title: "send, µs", digits: 1 },
    { name: "parse", title: "parse, µs", digits: 1 },
  ],
  targets: [
    {
      says: "what `whatsapp-api-js` takes to construct and send a message, beside what it takes here to check and draw it",
      values: (rounds) => ratios(rounds, of("whatsapp-api-js", "send"), of("antiphon, WhatsApp", "render")),
      atLeast: 10,
      unit: "×",
      reason:
        "It is a constructor with few checks: a tenth of what it takes is less than `JSON.stringify` alone takes for the same request.",
    },
    {
      says: "the same with the request's bytes and the answer read",
      values: (rounds) => ratios(rounds, of("whatsapp-api-js", "send"), of("antiphon, WhatsApp", "send")),
      unit: "×",
    },
    {
      says: "the same against `chat`",
      values: (rounds) => ratios(rounds, of("chat, WhatsApp", "send"), of("antiphon, WhatsApp", "send")),
      unit: "×",
    },
    {
      says: "to read a tap, against `whatsapp-api-js`",
      values: (rounds) => ratios(rounds, of("whatsapp-api-js", "parse"), of("antiphon, WhatsApp", "parse")),
      unit: "×",
    },
  ],
  async run(form, tell) {
    const { rounds: count, ms } = forms[form];
    const processes = await started();
    const rounds: Rounds = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
    try {
      // The first round only warms up.
      const budget = new Budget();
      for (let round = 0; round <= count && budget.hasRoom(round); round++) {
        for (const [name, child] of processes) {
          const measured = await measure(child, ms);
          if (round > 0) rounds[name]!.push(measured);
        }
        tell(round === 0 ? "core: warm" : `core: round ${round} of ${count}`);
      }
    } finally {
      for (const child of processes.values()) child.disconnect();
    }
    return { setting: { ms }, rounds };
  },
};

async function started(): Promise<Map<string, ChildProcess>> {
  const processes = new Map<string, ChildProcess>();
  for (const name of Object.keys(arms)) {
    const child = fork(join(import.meta.dirname, "arm-process.ts"), [name]);
    await answerOf(child);
    processes.set(name, child);
  }
  return processes;
}

async function measure(child: ChildProcess, ms: number): Promise<Measured> {
  const measured: Measured = {};
  for (const step of steps) {
    child.send({ step, ms } satisfies Ask);
    const { told } = (await answerOf(child)) as { told?: Told };
    if (told) measured[step] = told.micros;
  }
  return measured;
}

/** What a child says next; one that ends has failed, and has said why. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const fail = () => ended.abort(new Error("an arm of core ended"));
  child.once("exit", fail);
  const [answer] = await once(child, "message", { signal: ended.signal });
  child.off("exit", fail);
  return answer;
}
