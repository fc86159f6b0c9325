import { instantOf, instantOfMs } from "../../core/clock.ts";
import { isObject } from "../../core/json.ts";
import type { AccountNotice, Credentials } from "../../core/platform.ts";
import { accountFields } from "../meta/account-fields.ts";
import { type Fields, idOf, objectOf, textOf, wholeOf } from "../meta/read.ts";

const review = "Look at Account quality in WhatsApp Manager, and ask for a review there.";

/** What an account that may not answer its customers is forbidden. Without it, only what begins a conversation fails. */
const answering = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";

type Read = (value: Fields, credentials: Credentials) => AccountNotice | undefined;

/**
 * What is said of an account, by field. Sources, all read 2026-11-22:
 * developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/, account_update (of 2026-04-20),
 * account_alerts and phone_number_quality_update (of 2026-05-21), account_review_update (of 2026-06-17) and
 * business_capability_update. These name an account, and none but some alerts a number's id.
 */
const readers: Record<(typeof accountFields)[number], Read> = {
  account_update: (value) => updates.get(textOf(value, "event"))?.(value),
  account_review_update: (value) => reviewOf(textOf(value, "decision")),
  account_alerts: alertOf,
  phone_number_quality_update: qualityOf,
  business_capability_update: capabilityOf,
};

/** Meta knows nine. */
const maxNamed = 10;

type ReadUpdate = (value: Fields) => AccountNotice | undefined;

/** Of the events of `account_update` those that say whether the account may send. */
const updates: ReadonlyMap<unknown, ReadUpdate> = new Map<unknown, ReadUpdate>([
  [
    "ACCOUNT_VIOLATION",
    (value) => {
      const what = short(textOf(objectOf(value, "violation_info"), "violation_type")) ?? "a policy";
      return { state: "warned", reason: `Meta finds the account in breach of ${what}. ${review}` };
    },
  ],
  ["ACCOUNT_RESTRICTION", ({ restriction_info: info }) => restrictionOf(info)],
  ["DISABLED_UPDATE", (value) => banOf(objectOf(value, "ban_info"))],
  [
    "ACCOUNT_DELETED",
    () => ({
      state: "restricted",
      of: "deletion",
      reason: "The WhatsApp Business Account was deleted: connect the number anew, or remove the channel.",
    }),
  ],
  [
    "ACCOUNT_OFFBOARDED",
    () => ({
      state: "warned",
      reason:
        "The account was taken off the API, for a change of device or a new registration of its number: connect it again in the WhatsApp Business app.",
    }),
  ],
  [
    "ACCOUNT_RECONNECTED",
    () => ({ state: "lifted", of: "connection", reason: "The account is connected to the API again." }),
  ],
]);

/** What a change says of the account; undefined where it says nothing of that. */
export function readNotice(
  { field, value }: Fields,
  { credentials, entry }: { credentials: Credentials; entry: Fields },
): AccountNotice | undefined {
  const name = accountFields.find((known) => known === field);
  const notice = name && isObject(value) ? readers[name](value, credentials) : undefined;
  const at = instantOf(wholeOf(entry, "time"));
  return notice && { ...notice, ...(at !== undefined && { at }) };
}

function restrictionOf(info: unknown): AccountNotice | undefined {
  const all = (Array.isArray(info) ? info : [info]).filter(isObject);
  if (all.length === 0) return undefined;
  const names = all
    .slice(0, maxNamed)
    .map((one) => short(textOf(one, "restriction_type")) ?? "something")
    .join(", ");
  const steps = all.map((one) => short(textOf(one, "remediation"))).find((text) => text !== undefined);
  const hold = all.filter((one) => textOf(one, "restriction_type") === answering);
  const isHeld = hold.length > 0;
  const ends = (isHeld ? hold : all).map(({ expiration }) => endOf(expiration));
  const isKnown = ends.every((end) => end !== undefined);
  const stillMay = isHeld ? "" : " Other messages leave, also the answers to whoever has written.";
  return {
    ...(isHeld ? { state: "restricted", of: "policy" } : { state: "limited" }),
    reason: `Meta restricts the account (${names}).${stillMay} ${steps ?? review}`,
    ...(isKnown && { until: Math.max(...ends) }),
  };
}

/** Seconds, by the page; a text in what its users report (docs.wati.io, "WABA Account Content Updated"). */
function endOf(expiration: unknown): number | undefined {
  return typeof expiration === "string" ? instantOfMs(Date.parse(expiration)) : instantOf(expiration);
}

function banOf(ban: Fields | undefined): AccountNotice | undefined {
  const date = short(textOf(ban, "waba_ban_date"));
  const when = date === undefined ? "" : ` (${date})`;
  switch (textOf(ban, "waba_ban_state")) {
    case "SCHEDULE_FOR_DISABLE":
      return { state: "warned", reason: `Meta is going to disable the account${when}. ${review}` };
    case "DISABLE":
      return { state: "restricted", of: "ban", reason: `Meta has disabled the account${when}. ${review}` };
    // The account as a whole is in use again.
    case "REINSTATE":
      return { state: "lifted", reason: "Meta has reinstated the account." };
    default:
      return undefined;
  }
}

function reviewOf(decision: string | undefined): AccountNotice | undefined {
  switch (decision) {
    case "APPROVED":
      return { state: "lifted", of: "review", reason: "Meta has approved the account." };
    case "REJECTED":
      return {
        state: "restricted",
        of: "review",
        reason: `Meta has reviewed the account and rejected it. ${review}`,
      };
    case "PENDING":
    case "DEFERRED":
      return {
        state: "warned",
        reason: "Meta has not decided on the account yet, and may refuse what it sends.",
      };
    default:
      return undefined;
  }
}

function alertOf(value: Fields, { phone_number_id }: Credentials): AccountNotice | undefined {
  const info = objectOf(value, "alert_info");
  const type = short(textOf(info, "alert_type"));
  const isOfAnother =
    textOf(value, "entity_type") === "PHONE_NUMBER" && idOf(value, "entity_id") !== phone_number_id;
  if (type === undefined || isOfAnother) return undefined;
  const isUrgent = ["CRITICAL", "WARNING"].includes(textOf(info, "alert_severity") ?? "");
  const isOpen = textOf(info, "alert_status") !== "NONE";
  const said = short(textOf(info, "alert_description"));
  return { state: isUrgent && isOpen ? "warned" : "noted", reason: `${type}${said ? `: ${said}` : "."}` };
}

/** The number is named by its digits alone, which a channel does not know. */
function qualityOf(value: Fields): AccountNotice | undefined {
  const event = short(textOf(value, "event"));
  if (event === undefined) return undefined;
  const limit = short(
    textOf(value, "max_daily_conversations_per_business") ?? textOf(value, "current_limit"),
  );
  const isWorse = event === "DOWNGRADE" || event === "FLAGGED";
  const advice = isWorse ? " Look at the number's quality in WhatsApp Manager." : "";
  const reason = `Meta tells ${event} of a number of the account${limit ? `: ${limit}` : ""}.${advice}`;
  return { state: isWorse ? "warned" : "noted", reason };
}

function capabilityOf(value: Fields): AccountNotice | undefined {
  const told = Object.entries(value).filter(([, limit]) => ["string", "number"].includes(typeof limit));
  const limits = told.slice(0, 5).map(([name, limit]) => `${name} ${limit}`);
  if (limits.length === 0) return undefined;
  return { state: "noted", reason: `Meta changes what the account may do: ${short(limits.join(", "))}.` };
}

function short(text: string | undefined): string | undefined {
  return text?.slice(0, 200);
}
