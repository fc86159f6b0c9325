import { oneLine } from "../../../core/direction.ts";
import type { ListInteractive, ListRow } from "../../../core/message.ts";
import type { RenderContext } from "../../../core/platform.ts";
import { codePoints } from "../../../core/text.ts";
import { words } from "../../../core/words.ts";
import { type Option, optionsOf, postback, quickReply } from "./choices.ts";
import { compose, root, withControls } from "./compose.ts";
import { type Dialect, templateLimits } from "./dialect.ts";
import { type Drawing, inOrder, told } from "./draft.ts";
import type { Element } from "./wire.ts";

const unopened = told({
  path: `${root}/action/button`,
  rule: "list_button",
  did: "Left out the label that opens a list: it stands open.",
});

/** A list as quick replies under its outline where they say all of it, else as a card for each row. */
export function drawList(list: ListInteractive, context: RenderContext, dialect: Dialect): Drawing {
  const rows = list.action.sections.flatMap((section) => section.rows);
  const options = optionsOf(rows.map((row) => ({ reply: replyOf(row), title: row.title })));
  const drawing = fitQuickReplies(rows)
    ? quickReplyDrawing(list, options, context, dialect)
    : cardDrawing(list, options, context, dialect);
  return { ...inOrder([drawing, unopened]), choices: options.map(({ choice }) => choice) };
}

function replyOf({ id, title, description }: ListRow): Option["choice"]["reply"] {
  const list_reply = { id, title, ...(description === undefined ? {} : { description }) };
  return { type: "list_reply", list_reply };
}

function fitQuickReplies(rows: readonly ListRow[]): boolean {
  return (
    new Set(rows.map(({ title }) => looks(title))).size === rows.length &&
    rows.length <= templateLimits.quickReplies &&
    rows.every(
      ({ title, description }) => !description?.trim() && codePoints(title) <= templateLimits.buttonTitle,
    )
  );
}

/** How a label reads: its case, its width and its spaces tell nobody two of them apart. */
function looks(label: string): string {
  return label.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

function quickReplyDrawing(
  list: ListInteractive,
  options: readonly Option[],
  context: RenderContext,
  dialect: Dialect,
): Drawing {
  const quickReplies = options.map((option) => quickReply(context.token, option));
  const drawing = withControls(compose(list, outline(list), dialect), { quickReplies }, dialect);
  const did = `Drew the rows as quick replies, with sections and rows in the text: ${dialect.quickReplies}.`;
  return inOrder([drawing, told({ path: `${root}/action/sections`, rule: "list_as_quick_replies", did })]);
}

/** Quick replies go away and are not shown everywhere: the text says what there was to choose from. */
function outline({ action }: ListInteractive): string {
  const sections = action.sections.map(({ title, rows }) =>
    [...(title ? [title] : []), ...rows.map((row) => `• ${row.title}`)].join("\n"),
  );
  return sections.join("\n\n");
}

function cardDrawing(
  list: ListInteractive,
  options: readonly Option[],
  context: RenderContext,
  dialect: Dialect,
): Drawing {
  const select = cardLabel(list.action.button, context);
  const rows = list.action.sections.flatMap(({ title, rows }) =>
    rows.map((row) => ({ title: title ? oneLine(title, " · ", row.title) : row.title, row })),
  );
  const elements: Element[] = rows.map(({ title, row }, index) => ({
    title,
    ...(row.description?.trim() && { subtitle: row.description.trim() }),
    buttons: [postback(context.token, { ...options[index]!, title: select })],
  }));
  const payload = { template_type: "generic" as const, elements };
  const path = `${root}/action/sections`;
  const did = "Drew the rows as cards, each with its section, its description and a button of its own.";
  return inOrder([
    withControls(compose(list, "", dialect), undefined, dialect),
    { drafts: [{ message: { attachment: { type: "template", payload } }, part: "cards" }], steps: [] },
    told({ path, rule: "list_as_cards", did }),
    told({ path, rule: "added", did: addedLabel(select, context) }),
  ]);
}

/**
 * Never what reads like the list's own label, though the sender asked for it: "View options" on a dish would order it.
 * The wish may be a channel's, for lists of any label.
 */
function cardLabel(opener: string, { options, language }: RenderContext): string {
  const { select, choose } = words(language);
  const wish = options.labels?.select ?? select;
  return [wish, select, choose].find((label) => looks(label) !== looks(opener)) ?? choose;
}

function addedLabel(label: string, { options }: RenderContext): string {
  const wish = options.labels?.select ?? label;
  const why = wish === label ? "" : `: “${wish}” opens the list`;
  return `Added the label “${label}” to every card${why}.`;
}
