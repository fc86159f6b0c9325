/** The life of an outbound message. `sent` is the platform's acceptance of every call, never delivery. */
export type MessageStatus =
  | "accepted"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unknown"
  | "expired"
  | "cancelled";

/**
 * The life of one call. `held`: it left, no answer came, and its lane waits for the platform's word of it. `skipped`:
 * what is before it in its message did not go well. `settled` states never change by themselves.
 */
export type CallState =
  | "queued"
  | "sending"
  | "held"
  | "accepted"
  | "rejected"
  | "unknown"
  | "skipped"
  | "expired"
  | "cancelled";

/** What the platform has said of one call since it accepted it. */
export type Receipt = "sent" | "delivered" | "read" | "played" | "failed";

export interface CallProgress {
  state: CallState;
  receipts: ReadonlySet<Receipt>;
}

const reached = (call: CallProgress, receipts: readonly Receipt[]) =>
  receipts.some((receipt) => call.receipts.has(receipt));

/** A receipt proves acceptance, whatever our own request learned. */
const accepted = (call: CallProgress) =>
  call.state === "accepted" || reached(call, ["sent", "delivered", "read", "played"]);

/**
 * The status of a message as a function of the set of things known about its calls: the order in which they
 * became known does not matter. Reading or delivery outranks a failure notice, which outranks mere acceptance.
 */
export function messageStatus(calls: readonly CallProgress[]): MessageStatus {
  if (calls.length === 0) return "accepted";
  const all = (test: (call: CallProgress) => boolean) => calls.every(test);
  const any = (test: (call: CallProgress) => boolean) => calls.some(test);
  if (all((call) => reached(call, ["read", "played"]))) return "read";
  if (all((call) => reached(call, ["delivered", "read", "played"]))) return "delivered";
  const failed = (call: CallProgress) =>
    call.state === "rejected" ||
    (call.receipts.has("failed") && !reached(call, ["delivered", "read", "played"]));
  if (any(failed)) return "failed";
  if (all(accepted)) return "sent";
  if (any((call) => call.state === "unknown" && !accepted(call))) return "unknown";
  if (any((call) => call.state === "cancelled")) return "cancelled";
  if (any((call) => call.state === "expired")) return "expired";
  // Given up, or left out behind a call whose fate was learned too late: it never arrives whole.
  if (any((call) => call.state === "skipped")) return "failed";
  return any((call) => call.state !== "queued") ? "sending" : "accepted";
}
