import type { AccountNotice, PlatformEvent } from "../../core/platform.ts";
import { readGraphError } from "../meta/graph.ts";
import { textOf } from "../meta/read.ts";
import { isUserId } from "./address.ts";
import { remedyOf } from "./errors.ts";
import { problemOf } from "./interpret.ts";
import { aliasesOf, timeOf } from "./person.ts";

type Status = Extract<PlatformEvent, { kind: "status" }>["status"];
const statuses: readonly string[] = ["sent", "delivered", "read", "played", "failed"] satisfies Status[];

/** What became of a message that we sent; found by its wamid, never by the recipient. */
export function statusEvent(part: Record<string, unknown>): PlatformEvent | string {
  const platformId = textOf(part, "id");
  const status = textOf(part, "status");
  if (!platformId || !status) return "a status without id or status";
  if (!statuses.includes(status)) return `status ${status.slice(0, 40)}`;
  const token = textOf(part, "biz_opaque_callback_data");
  // Not the phone number: a late receipt would give a contact back one that is somebody else's by now.
  const named = aliasesOf(textOf(part, "recipient_id"), textOf(part, "recipient_user_id"));
  const aliases = named.filter(isUserId);
  // In a group every participant has a status of their own.
  const participant = textOf(part, "recipient_participant_id");
  return {
    kind: "status",
    dedupeKey: ["s", platformId, status, ...(participant ? [participant] : [])].join(":"),
    ...timeOf(part),
    platformId,
    status: status as Status,
    ...(token && { token }),
    ...(status === "failed" && { problem: failure(part.errors) }),
    ...(aliases.length > 0 && !participant && { aliases }),
  };
}

/** A message that was taken may still fail for what Meta holds against the account. */
export function noticeOf(status: Record<string, unknown>): AccountNotice | undefined {
  const error = readGraphError(Array.isArray(status.errors) ? status.errors[0] : undefined);
  const remedy = error && remedyOf(error.code);
  if (!error || textOf(status, "status") !== "failed") return undefined;
  const state = remedy?.kind === "restricted" ? "restricted" : "limited";
  if (state === "limited" && !(remedy?.kind === "rejected" && remedy.isOfAccount)) return undefined;
  const { message, hint } = problemOf(error);
  return { state, reason: `${message.replace(/\.?$/, ".")} ${hint}`, ...timeOf(status) };
}

function failure(errors: unknown) {
  const error = readGraphError(Array.isArray(errors) ? errors[0] : undefined);
  if (error) return problemOf(error);
  return { code: "undelivered", message: "WhatsApp says that the message failed, and not why." };
}
