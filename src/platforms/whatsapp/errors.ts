import { limited, type Remedy, rejected, restricted, retry, revoked, unproven } from "../meta/remedy.ts";

const newToken = revoked("Give the channel a new access token.");
const permission = rejected(
  "Give the token's system user the permission, and the app access to the account.",
);
const fix = rejected("Change the message as the text says.");
const template = rejected("Look the template up in WhatsApp Manager.");
const operator = rejected("Settle it in WhatsApp Manager or Business Settings.");
const blocked = restricted(
  "Look at Account quality in WhatsApp Manager, settle what is shown there or ask for a review.",
);
const unregistered = restricted(
  "Register the number with the Cloud API: POST /{phone number id}/register, or in WhatsApp Manager.",
);
/** Meta says to retry these a few times, and gives no number: backing off ends with the message's own ttl_seconds. */
const mystery = retry("contact", "WhatsApp failed for no known reason; it is tried again.");
const outage = retry("channel", "WhatsApp is out of order for a moment; it is tried again.");

/**
 * By code, whatever the HTTP status: throttling comes with 400.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes, read 2026-11-21.
 */
const remedies: Record<number, Remedy> = {
  0: newToken,
  190: newToken,
  1: mystery,
  2: outage,
  3: permission,
  4: retry("channel", "The app makes too many calls; it is tried again."),
  10: permission,
  33: rejected("The phone number id is wrong, or the number was deleted."),
  100: fix,
  368: blocked,
  1026: rejected("The contact's WhatsApp is too old for this type of message."),
  80007: retry("channel", "The account makes too many calls; it is tried again.", 60),
  2200: rejected(unproven),
  130429: retry("channel", "The number sends too fast; it is tried again."),
  130472: rejected("The contact is in an experiment of Meta's and gets no such message."),
  130497: limited("Meta lets the account write to nobody in the contact's country."),
  131000: mystery,
  131005: permission,
  131008: fix,
  131009: fix,
  131016: outage,
  131021: rejected("A number cannot write to itself."),
  131026: rejected("The contact is not on WhatsApp, has an old version, or blocked the business."),
  131030: rejected("A test number only writes to numbers on its list: add the contact's there."),
  131031: blocked,
  131037: restricted("Have the number's display name approved in WhatsApp Manager."),
  // What begins a conversation is paid for; answers within the window may leave.
  131042: limited("Settle the payment method of the WhatsApp Business Account in Business Settings."),
  131045: unregistered,
  131047: rejected("The contact has not written for 24 hours: only a template may be sent."),
  131048: retry("channel", "Too many contacts blocked or reported the number; it rests for a while.", 600),
  131049: rejected("Meta held the message back for the contact's sake: wait at least a day."),
  131050: rejected("The contact stopped marketing messages."),
  131051: fix,
  131052: rejected("WhatsApp could not read the contact's file."),
  131053: rejected("WhatsApp could not fetch the file: look at its address, size and type."),
  // Meta says to wait 4^X s at try X, which an answer does not tell. 6 s is what a pair's rate gives one message;
  // the gateway adds a wait of its own that grows with the tries.
  131056: retry("contact", "Too many messages to this contact; it is tried again.", 6),
  131057: retry("channel", "The number is in maintenance for about a minute; it is tried again.", 60),
  131062: rejected("This type of message needs the contact's phone number."),
  131064: retry("channel", "The account reached its messaging limit; it rests for a while.", 600),
  132000: template,
  132001: template,
  132005: template,
  132007: template,
  132008: template,
  132012: template,
  132015: template,
  132016: template,
  132068: rejected("The flow is blocked: publish a repaired one."),
  132069: retry("contact", "The flow is throttled to 10 messages an hour; it is tried again.", 600),
  133004: outage,
  133010: unregistered,
  134011: operator,
  135000: fix,
};

/** What to do about a code; undefined for one that no page names. */
export function remedyOf(code: number): Remedy | undefined {
  return remedies[code] ?? (code >= 200 && code <= 299 ? permission : undefined);
}
