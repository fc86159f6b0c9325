import type { GraphError } from "../graph.ts";
import { bounded, limited, type Remedy, rejected, restricted, retry, revoked, unproven } from "../remedy.ts";

const newToken = revoked(
  "Give the channel a new access token; where it is the app's own call, look at app_id and app_secret.",
);
const permission = rejected(
  "Give the token the permission, publish the app, and pass Meta's App Review for people without a role on it.",
);
const fix = rejected("Change the message as the text says.");
const closed = rejected(
  "The contact has not written for 24 hours: wait for them. What a person answers may go for 7 days, with origin human.",
);
const unreachable = rejected(
  "The contact blocked the account, left, or deleted the conversation: there is no telling which.",
);
const stranger = rejected(
  "The recipient's id belongs to another page or account: use the one of its messages.",
);
const blocked = restricted(
  "Look at the Page Quality tab or the account's status in the Instagram app, and settle what is shown there or appeal.",
);
const reconnect = rejected("Link the Instagram account and the Page again, and look at two-factor login.");
const file = rejected(
  "The platform does not take the file: look at its size, its type and how fast it comes.",
);
const unfetched = bounded(
  2,
  retry("contact", "The platform could not fetch the file, also at a second try: look at its address."),
);
const busy = retry("channel", "The account makes too many calls; it is tried again.");
/** The pages say "retry" and no number: some minutes, after which a conversation is not held up for what may be for good. */
const manyTries = 20;
const mystery = bounded(
  3,
  retry(
    "contact",
    "The platform failed for no known reason; it is tried three times. Often a permission or Advanced Access is missing.",
  ),
);
const outage = bounded(
  manyTries,
  retry("contact", "The platform is out of order for a moment; it is tried again for some minutes."),
);
const owned = bounded(
  manyTries,
  retry(
    "contact",
    "Another app or an automation of Meta's has the conversation; it is tried again for some minutes.",
    30,
  ),
);

/**
 * Subcodes say what the matter is, under whatever code they come.
 * Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes, and the
 * changelog of 2026-06-25 on 1893063; both read 2026-11-21.
 */
const bySubcode: Record<number, Remedy> = {
  33: rejected("The id is wrong, was deleted, or the token may not see it."),
  // "Invalid JSON reply": the message was sent all the same.
  1357046: { kind: "unknown", hint: "The platform says that such a message was sent; its echo will tell." },
  1545041: unreachable,
  1893063: blocked,
  2018001: stranger,
  2018008: unfetched,
  2018047: file,
  2018065: closed,
  2018074: rejected("The attachment's id is wrong, or older than 90 days: upload the file again."),
  2018108: unreachable,
  2018109: file,
  2018278: closed,
  2018294: file,
  2018300: owned,
  2018321: owned,
  2018338: limited("Meta finds the tags abused: send none for now."),
  2018344: rejected("An administrator of the Page has to accept the terms for labels."),
  2534013: reconnect,
  2534014: stranger,
  2534022: closed,
  2534029: blocked,
  2534037: owned,
  2534041: rejected("Switch on “Allow access to messages” in the Instagram app's settings."),
  2534068: rejected("This account cannot send several images in one message yet."),
  2534077: reconnect,
  2534122: blocked,
};

/** By code where the subcode says nothing, whatever the HTTP status. The same page. */
const byCode: Record<number, Remedy> = {
  [-1]: outage,
  1: mystery,
  // May also mean that the contact blocked the account: so nobody else has to wait.
  2: outage,
  3: rejected("The token is for another node or kind of account: look at page_id and instagram_id."),
  4: busy,
  10: permission,
  17: busy,
  32: busy,
  100: fix,
  105: fix,
  190: newToken,
  194: fix,
  368: blocked,
  230: rejected("The contact has not agreed to share their profile."),
  551: unreachable,
  613: busy,
  // "Temporary send message failure. Please try again later."
  1200: outage,
  2022: blocked,
  2200: rejected(unproven),
  80002: busy,
  9000001: rejected("The message was deleted."),
};

/** What to do about an error; undefined for one that no page names. */
export function remedyOf({ code, subcode }: GraphError): Remedy | undefined {
  const special = subcode === undefined ? undefined : bySubcode[subcode];
  // One page writes what are subcodes elsewhere as codes: 1545041, say.
  return special ?? byCode[code] ?? bySubcode[code] ?? (code >= 200 && code <= 299 ? permission : undefined);
}
