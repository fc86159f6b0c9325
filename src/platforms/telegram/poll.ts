import type { Step } from "../../core/adaptation.ts";
import { oneLine } from "../../core/direction.ts";
import { readMarkup } from "../../core/markup.ts";
import type { ListInteractive, ListRow } from "../../core/message.ts";
import type { RenderContext } from "../../core/platform.ts";
import { codePoints } from "../../core/text.ts";
import type { Drawing } from "./draft.ts";

/** In code points and items. https://core.telegram.org/bots/api#sendpoll, read 2026-11-21. */
export const pollLimits = { question: 300, option: 100, options: 12 } as const;

const root = "/content/interactive";

/**
 * From here down an id (they are written -100…) is a supergroup's or a channel's, and does not tell which.
 * https://core.telegram.org/api/bots/ids, read 2026-11-21.
 */
const firstSupergroupId = -1_000_000_000_001;
export const maybeChannel = "this id may be a channel's, where Telegram takes only anonymous polls.";

/** A sentence why this list cannot be a poll, or undefined where it can. */
export function pollObstacle(
  list: ListInteractive,
  { chat, to }: Pick<RenderContext, "chat" | "to">,
  wish: "auto" | "poll",
): string | undefined {
  const options = optionsOf(list);
  if (chat === "channel")
    return "Telegram takes only anonymous polls in a channel, which tell nobody's answer.";
  if (wish === "auto" && Number(to) <= firstSupergroupId) return maybeChannel;
  if (codePoints(questionOf(list)) > pollLimits.question)
    return `header, body, sections and footer exceed the ${pollLimits.question} characters of a poll's question.`;
  if (options.length > pollLimits.options) return `a poll holds ${pollLimits.options} options.`;
  if (options.some((option) => codePoints(option) > pollLimits.option))
    return `a row exceeds the ${pollLimits.option} characters of a poll's option.`;
  if (lookAlike(options)) return "two rows would be the same option.";
  // Older servers refuse a poll of one option, and to vote for the only one is a poor menu.
  if (wish === "auto" && options.length < 2) return "one row is no choice.";
  return undefined;
}

/** Whether two texts look the same on a screen: Telegram takes the white space from their ends. */
export function lookAlike(texts: readonly string[]): boolean {
  return new Set(texts.map((text) => text.replace(/\s+/gu, " ").trim())).size < texts.length;
}

/** The list as a poll that tells who chose what, and whose answer stands. */
export function pollDrawing(list: ListInteractive): Drawing {
  const body = {
    question: questionOf(list),
    options: optionsOf(list).map((text) => ({ text })),
    is_anonymous: false,
    allows_multiple_answers: false,
    allows_revoting: false,
  };
  return { drafts: [{ method: "sendPoll", part: "question", body }], steps: stepsOf(list) };
}

function questionOf({ header, body, footer, action }: ListInteractive): string {
  const parts = [header?.text, readMarkup(body.text).text, outline(action.sections)];
  if (footer) parts.push(readMarkup(footer.text).text);
  return parts
    .map((part) => part?.trim())
    .filter((part) => part)
    .join("\n\n");
}

/** Which option belongs to which section; nothing where no section has a title. */
function outline(sections: ListInteractive["action"]["sections"]): string {
  return sections
    .filter(({ title }) => title)
    .map(({ title, rows }) => [title, ...rows.map((row) => `• ${row.title}`)].join("\n"))
    .join("\n\n");
}

function optionsOf({ action }: ListInteractive): string[] {
  return action.sections.flatMap(({ rows }) => rows.map(optionOf));
}

function optionOf({ title, description }: ListRow): string {
  if (!description) return title;
  const option = oneLine(title, " — ", description);
  // The longest title and description and two isolates are 101 characters; a colon is a character less than a dash.
  return codePoints(option) <= pollLimits.option ? option : oneLine(title, ": ", description);
}

function stepsOf({ header, body, footer }: ListInteractive): Step[] {
  const step = (path: string, rule: string, did: string) => ({ path: `${root}/${path}`, rule, did });
  const styled = (part?: { text: string }) => part !== undefined && readMarkup(part.text).spans.length > 0;
  const unstyled = "Removed bold, italic and the like: a poll's question shows none.";
  return [
    ...(header
      ? [step("header", "header_as_text", "Set the header as the first line of the question.")]
      : []),
    ...(styled(body) ? [step("body", "style", unstyled)] : []),
    ...(styled(footer) ? [step("footer", "style", unstyled)] : []),
    ...(footer ? [step("footer", "footer_as_text", "Set the footer as the last line of the question.")] : []),
    step("action/sections", "list_as_poll", "Drew the rows as a poll, with the sections in its question."),
    step("action/button", "list_button", "Left out the label that opens a list: it stands open."),
  ];
}
