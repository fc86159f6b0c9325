import { isPassing } from "../core/problem.ts";
import type { Gateway } from "./gateway.ts";
import { rest } from "./rest.ts";

const restAfterRefusalMs = 1_000;

/**
 * Writes what was learned from outside and cannot be asked for again. A store that refuses for now (a full disk) is
 * offered it until it takes it, or until `stopping`.
 */
export async function untilStored(
  write: () => Promise<void>,
  { clock, log }: Pick<Gateway, "clock" | "log">,
  stopping: AbortSignal,
): Promise<void> {
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
