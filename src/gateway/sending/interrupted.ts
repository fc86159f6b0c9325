import { wallTimeOf } from "../../core/clock.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import type { Gateway } from "../gateway.ts";
import { heldFor, refuseInDoubt } from "../nodes/tenure.ts";
import { unanswered } from "./ambiguity.ts";

const interrupted: PlatformProblem = {
  code: "unanswered",
  message:
    "The process ended while the platform's answer was awaited, so it is unknown whether this arrived.",
  hint: "Ask the recipient or send it again, at the risk of sending it twice.",
};

/** Another node may have settled since what this one's journal shows as taken by a platform, or as never sent: it is evidence then. */
async function tellWhatWasFound({ store, journal }: Gateway): Promise<void> {
  for (const found of [...journal.found]) {
    const { unsentSince: begunSteady, attempt, ...answered } = found;
    if (answered.outcome.kind === "accepted") await store.tellAnswer(answered);
    // Whoever owns it looks at all its lanes every few seconds unasked.
    else if (begunSteady !== undefined)
      await store.tellUnsent({ ...answered, ofTry: { number: attempt, begunSteady } });
    // Any other answer counts for its channel's owner alone, which this node may be yet.
    else continue;
    journal.forget(found);
  }
}

/**
 * Settles the calls that a crash left under way, of these channels or of all: by the answer that the journal has of this
 * very try, and else as unanswered. The journal is emptied when all of that is committed, so another crash finds the same
 * again.
 */
export async function settleInterrupted(gateway: Gateway, channelIds?: ReadonlySet<string>): Promise<void> {
  const { channels, journal, clock, log, eventsWritten, tenure } = gateway;
  const all = await gateway.store.interrupted();
  refuseInDoubt(tenure);
  const isOurs = (id: string) => tenure.owns(`channel ${id}`) && (channelIds?.has(id) ?? true);
  const calls = all.filter(({ call }) => isOurs(call.channelId));
  const answers = new Map(
    [...journal.found, ...journal.open].map((answered) => [
      `${answered.callId} ${answered.attempt}`,
      answered,
    ]),
  );
  const known = calls.map(({ call }) => answers.get(`${call.id} ${call.tries}`));
  await Promise.all(
    calls.map(async ({ call, message, begunSteady }, index) => {
      const channel = channels.get(call.channelId);
      const { store } = heldFor(gateway, `channel ${call.channelId}`);
      const {
        attempt,
        unsentSince: _,
        ...answer
      } = known[index] ?? {
        attempt: call.tries,
        unsentSince: undefined,
        callId: call.id,
        startedAt: wallTimeOf(clock, begunSteady),
        at: clock.now(),
        outcome: { kind: "unknown" as const, problem: interrupted },
        ...(channel && unanswered(gateway, { channel, call, message })),
      };
      // A refused token or account pauses nothing here: that may be another one or lifted by now, and the next try tells.
      await store.settleCall({ ...answer, ofTry: { number: attempt, begunSteady } });
    }),
  );
  if (tenure.isShared) await tellWhatWasFound(gateway);
  for (const answer of known) if (answer) journal.release(answer.callId);
  journal.clear();
  if (calls.length === 0) return;
  const answered = known.filter((answer) => answer !== undefined).length;
  log.warn({ calls: calls.length, answered }, "calls were under way when the process ended");
  eventsWritten.raise();
}
