import type {
  ButtonInteractive,
  CtaUrlInteractive,
  Interactive,
  LocationRequestInteractive,
} from "../../../core/message.ts";
import type { RenderContext } from "../../../core/platform.ts";
import { words } from "../../../core/words.ts";
import { drawCarousel } from "./cards.ts";
import { optionsOf, postback, quickReply } from "./choices.ts";
import { compose, root, withControls } from "./compose.ts";
import type { Dialect } from "./dialect.ts";
import { type Drawing, fitsTemplate, inOrder, textDrawing, told } from "./draft.ts";
import { drawList } from "./list.ts";
import { unstyled } from "./style.ts";
import type { Button } from "./wire.ts";

/** A sentence why the platform has nothing for this message. */
export interface Impossible {
  path: string;
  reason: string;
}

/** Draws each interactive type, or says why the platform has nothing for it. */
export function drawInteractive(
  interactive: Interactive,
  context: RenderContext,
  dialect: Dialect,
): Drawing | Impossible {
  switch (interactive.type) {
    case "button":
      return drawButtons(interactive, context, dialect);
    case "list":
      return drawList(interactive, context, dialect);
    case "cta_url":
      return drawUrl(interactive, dialect);
    case "carousel":
      return drawCarousel(interactive, context, dialect);
    case "location_request_message":
      return drawLocationRequest(interactive, context, dialect);
    case "address_message":
      return { path: root, reason: `${dialect.title} has no form for an address.` };
    case "flow":
      return { path: root, reason: `Flows are forms of WhatsApp's; ${dialect.title} cannot show them.` };
  }
}

function drawButtons(message: ButtonInteractive, context: RenderContext, dialect: Dialect): Drawing {
  const options = optionsOf(
    message.action.buttons.map(({ reply: { id, title } }) => ({
      reply: { type: "button_reply", button_reply: { id, title } },
      title,
    })),
  );
  const choices = options.map(({ choice }) => choice);
  const composed = compose(message, "", dialect);
  const style = dialect.replyButtons(context.options, fitsTemplate(composed.text, dialect));
  if (style === "template") {
    const buttons = options.map((option) => postback(context.token, option));
    return { ...withControls(composed, { buttons }, dialect), choices };
  }
  const quickReplies = options.map((option) => quickReply(context.token, option));
  const did = `Drew the buttons as quick replies: ${dialect.quickReplies}.`;
  const step = { path: `${root}/action/buttons`, rule: "buttons_as_quick_replies", did };
  return { ...inOrder([withControls(composed, { quickReplies }, dialect), told(step)]), choices };
}

function drawUrl(message: CtaUrlInteractive, dialect: Dialect): Drawing {
  const { display_text: title, url } = message.action.parameters;
  const button: Button = { type: "web_url", title, url };
  return withControls(compose(message, "", dialect), { buttons: [button] }, dialect);
}

/** There was a quick reply that shares one's place until 2019; now a person can only write where they are. */
function drawLocationRequest(
  { body }: LocationRequestInteractive,
  { options, language }: RenderContext,
  dialect: Dialect,
): Drawing {
  const { text, notes } = unstyled(body.text, `${root}/body`, dialect);
  const prompt = options.labels?.location_prompt ?? words(language).locationPrompt;
  const path = `${root}/action`;
  const did = `Sent a text without the button: ${dialect.title} cannot ask for a location.`;
  const lost = "the button that shares the location.";
  return inOrder([
    textDrawing(`${text}\n\n${prompt.trim()}`, { path: `${root}/body`, part: "message" }, dialect),
    notes,
    told({ path, rule: "no_location_button", did, lost }),
    told({ path, rule: "added", did: `Added the sentence “${prompt}”.` }),
  ]);
}
