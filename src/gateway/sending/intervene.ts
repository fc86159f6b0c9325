import { momentOf } from "../../core/clock.ts";
import type { MessageDetail } from "../../store/rows.ts";
import type { Resolution } from "../../store/sending.ts";
import type { Gateway } from "../gateway.ts";

/** What a person can say of an unknown message, or of one behind which its lane waits. */
export const resolutions = ["sent", "failed", "resend", "skip"] as const satisfies Resolution[];

/** Settles an unknown message, sends it again, or lets its lane go on without it; that may have something to send then. */
export async function resolveMessage(
  gateway: Gateway,
  id: string,
  outcome: Resolution,
): Promise<MessageDetail> {
  await gateway.store.resolveMessage(id, outcome, momentOf(gateway.clock));
  gateway.log.info({ message: id, outcome }, "resolved by request");
  return changed(gateway, id);
}

/** Takes back a message of which nothing has left; what is behind it need not wait for it. */
export async function cancelMessage(gateway: Gateway, id: string): Promise<MessageDetail> {
  await gateway.store.cancelMessage(id, gateway.clock.now());
  gateway.log.info({ message: id }, "cancelled by request");
  return changed(gateway, id);
}

async function changed({ store, eventsWritten, laneReady }: Gateway, id: string): Promise<MessageDetail> {
  const detail = (await store.message(id))!;
  eventsWritten.raise();
  laneReady.raise(detail.message);
  return detail;
}
