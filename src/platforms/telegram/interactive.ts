import { oneLine } from "../../core/direction.ts";
import { join, plain, trim } from "../../core/marked.ts";
import { readMarkup } from "../../core/markup.ts";
import type {
  ButtonInteractive,
  Choice,
  CtaUrlInteractive,
  Interactive,
  LocationRequestInteractive,
} from "../../core/message.ts";
import type { RenderContext } from "../../core/platform.ts";
import { words } from "../../core/words.ts";
import { drawCarousel } from "./cards.ts";
import { bubble } from "./compose.ts";
import { type Drawing, inOrder, textDrawing } from "./draft.ts";
import { choiceKeyboard, isButtonUrl, locationKeyboard, urlAsText, urlKeyboard } from "./keyboard.ts";
import { drawList } from "./list.ts";

const root = "/content/interactive";

/** A sentence why Telegram has nothing for this message. */
export interface Impossible {
  path: string;
  reason: string;
}

/** Draws each interactive type, or says why Telegram has nothing for it. */
export function drawInteractive(interactive: Interactive, context: RenderContext): Drawing | Impossible {
  switch (interactive.type) {
    case "button":
      return drawButtons(interactive, context.token);
    case "list":
      return drawList(interactive, context);
    case "cta_url":
      return drawUrl(interactive);
    case "carousel":
      return drawCarousel(interactive, context.token);
    case "location_request_message":
      return drawLocationRequest(interactive, context);
    case "address_message":
      return { path: root, reason: "Telegram has no form for an address." };
    case "flow":
      return { path: root, reason: "Flows are forms of Meta's; Telegram cannot show them." };
  }
}

function drawButtons(message: ButtonInteractive, token: string): Drawing {
  const replies = message.action.buttons.map(({ reply }) => reply);
  const labels = replies.map(({ title }, index) => ({ key: String(index), title }));
  const choices: Choice[] = replies.map(({ id, title }, index) => ({
    key: String(index),
    reply: { type: "button_reply", button_reply: { id, title } },
  }));
  return { ...bubble(message, [], choiceKeyboard(token, labels, true)), choices };
}

function drawUrl(message: CtaUrlInteractive): Drawing {
  const { display_text: label, url } = message.action.parameters;
  if (isButtonUrl(url)) return bubble(message, [], urlKeyboard(label, url));
  const line = plain(oneLine(label, ": ", url));
  return inOrder([bubble(message, [line]), urlAsText(`${root}/action/parameters/url`)]);
}

/** Telegram has the button in private chats only; elsewhere the text says how to share a place. */
function drawLocationRequest(message: LocationRequestInteractive, context: RenderContext): Drawing {
  const own = words(context.language);
  const body = trim(readMarkup(message.body.text));
  const place = { path: `${root}/body`, part: "message" };
  const added = (did: string) => ({ path: `${root}/action`, rule: "added", did });
  if (context.chat === "private") {
    const label = context.options.labels?.send_location ?? own.sendLocation;
    const drawing = textDrawing(body, { ...place, replyMarkup: locationKeyboard(label) });
    return inOrder([drawing, { drafts: [], steps: [added(`Labelled the button “${label}”.`)] }]);
  }
  const hint = context.options.labels?.location_hint ?? own.locationHint;
  const drawing = textDrawing(join([body, plain(hint)], "\n\n"), place);
  const did = "Sent a text without the button: Telegram has it in private chats only.";
  const lost = "the button that shares the location.";
  const steps = [
    { path: `${root}/action`, rule: "private_chats_only", did, lost },
    added(`Added the sentence “${hint}”.`),
  ];
  return inOrder([drawing, { drafts: [], steps }]);
}
