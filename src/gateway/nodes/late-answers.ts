import type { Log } from "../../core/log.ts";
import { GatewayError } from "../../core/problem.ts";
import type { Lease } from "../../store/leasing.ts";
import type { Settlement } from "../../store/sending.ts";
import type { Store } from "../../store/store.ts";

interface Tools {
  log: Log;
  /** Something waits again for whoever owns the name now. */
  tellOwner: () => void;
}

/**
 * The store under a lease, where an answer that comes after the lease is over is what it still can be: that a platform
 * has taken a call is evidence, as its webhook's word would be, and is told; and so is that a call never left. Anything
 * else might undo what the next owner has made of the call, and is dropped.
 */
export function lateAnswersTold(store: Store, lease: Lease, { log, tellOwner }: Tools): Store {
  const under = store.under(lease);
  const settleCall = async (settlement: Settlement): Promise<void> => {
    try {
      await under.settleCall(settlement);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== "conflict") throw error;
      const { callId: call, outcome, isUnsent, ofTry } = settlement;
      log.warn({ call, outcome: outcome.kind }, "an answer came when another node worked for its channel");
      if (outcome.kind === "accepted") await store.tellAnswer(settlement);
      if (isUnsent && ofTry && (await store.tellUnsent({ ...settlement, ofTry }))) tellOwner();
    }
  };
  return Object.assign(Object.create(under), { settleCall });
}
