import { isPassing } from "../core/problem.ts";
import type { Gateway } from "./gateway.ts";
import { rest } from "./rest.ts";

const restAfterRefusalMs = 1_000;

/**
 * Writes what was learned from outside and cannot be asked for again. A store that refuses for now (a full disk) is
 * offered it until it takes it, or until `stopping`.
 */
export async function untilStored<Result>(
  write: () => Promise<Result>,
  { clock, log }: Pick<Gateway, "clock" | "log">,
  stopping: AbortSignal,
): Promise<Result> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isPassing(error) || stopping.aborted) throw error;
      log.error({ err: error }, "an outcome could not be stored yet; trying again");
      await rest(clock, restAfterRefusalMs, stopping);
    }
  }
}

/** Does what a name is taken up with, again after a rest as long as it fails. False: it was stopped before. */
export async function untilDone(
  work: () => Promise<void>,
  { clock, log }: Pick<Gateway, "clock" | "log">,
  stopping: AbortSignal,
): Promise<boolean> {
  while (!stopping.aborted) {
    try {
      await work();
      return true;
    } catch (error) {
      log.error({ err: error }, "what another node left could not be taken up yet; trying again");
      await rest(clock, restAfterRefusalMs, stopping);
    }
  }
  return false;
}
