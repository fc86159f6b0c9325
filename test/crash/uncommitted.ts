import { acceptMessage } from "../../src/gateway/sending/accept.ts";
import { Lanes } from "../../src/gateway/sending/lanes.ts";
import { ok, tooMany, Workbench } from "../support/workbench.ts";

/**
 * Run as a process of its own, to be killed: its store takes every intent and never an outcome, so that all answers
 * have come and none is committed. Says `answered` when that is so.
 */
const bench = await Workbench.open({ folder: process.argv[2]! });
const answers: Record<string, () => ReturnType<typeof ok>> = {
  taken: () => ok(77, 1),
  refused: () => ({
    status: 400,
    body: { ok: false, error_code: 400, description: "Bad Request: chat not found" },
  }),
  later: () => tooMany(1),
};
bench.handler = ({ text }) => answers[text!]?.() ?? new Promise(() => {});
let open = Object.keys(answers).length;
bench.store.settleCall = () => {
  if (--open === 0) process.stdout.write("answered\n");
  return new Promise(() => {});
};
await new Lanes(bench.gateway).start();
for (const [index, body] of ["silent", ...Object.keys(answers)].entries()) {
  const request = { from: "channel", to: String(index + 1), content: { text: { body } } };
  await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] }, { id: `msg_${body}` });
}
