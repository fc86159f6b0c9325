import { refuse } from "../refusal.ts";
import { at, atMost, codePoints, exactly, type Fields, object, text, url, type Where } from "./fields.ts";
import { limits } from "./limits.ts";
import type { MessagingRules } from "./rules.ts";

const webUrl = [
  "url",
  "webview_height_ratio",
  "messenger_extensions",
  "fallback_url",
  "webview_share_button",
];

/** The keys of each type of button beside `type`, and whether it has a title (buttons reference, read 2026-11-21). */
const buttonKeys: Record<string, { keys: readonly string[]; titled: boolean }> = {
  web_url: { keys: webUrl, titled: true },
  postback: { keys: ["payload"], titled: true },
  phone_number: { keys: ["payload"], titled: true },
  account_link: { keys: ["url"], titled: false },
  account_unlink: { keys: [], titled: false },
};

function checkTitle(value: unknown, where: Where): void {
  if (value === undefined) refuse(100, "Element button title cannot be empty.", { subcode: 2018053 });
  text(value, where, limits.buttonTitle);
}

function checkTarget(type: string, button: Fields, where: Where): void {
  if (type === "web_url") {
    if (button.url === undefined) {
      refuse(100, "Web url cannot be empty for url type button", { subcode: 2018041 });
    }
    url(button.url, at(where, "url"));
    if (button.webview_height_ratio !== undefined) {
      exactly(button.webview_height_ratio, at(where, "webview_height_ratio"), ["compact", "tall", "full"]);
    }
  } else if (type === "postback") {
    if (typeof button.payload !== "string" || button.payload === "") {
      refuse(100, "Payload cannot be empty for postback type button", { subcode: 2018040 });
    }
    atMost(codePoints(button.payload), at(where, "payload"), limits.payload);
  } else if (type === "phone_number") {
    const payload = text(button.payload, at(where, "payload"));
    if (!/^\+\d{5,15}$/.test(payload)) refuse(100, `Param ${at(where, "payload")} must be a phone number.`);
  } else if (type === "account_link") {
    url(button.url, at(where, "url"));
  }
}

/** Refuses a button that the platform does not have or that lacks what its type needs. */
export function checkButton(value: unknown, where: Where, rules: MessagingRules): void {
  const type = exactly((value as Fields | null)?.type, at(where, "type"), rules.buttons);
  const { keys, titled } = buttonKeys[type] ?? { keys: [], titled: true };
  const button = object(value, where, ["type", ...(titled ? ["title"] : []), ...keys]);
  if (titled) checkTitle(button.title, at(where, "title"));
  checkTarget(type, button, where);
}

/** What happens on a tap on a card itself: a link without a title. */
export function checkDefaultAction(value: unknown, where: Where): void {
  const action = object(value, where, ["type", ...webUrl]);
  exactly(action.type, at(where, "type"), ["web_url"]);
  checkTarget("web_url", action, where);
}
