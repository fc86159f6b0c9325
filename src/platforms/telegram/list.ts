import { oneLine } from "../../core/direction.ts";
import { join, type Marked, plain, styled } from "../../core/marked.ts";
import type { Choice, ListInteractive, ListRow } from "../../core/message.ts";
import type { RenderContext } from "../../core/platform.ts";
import { bubble } from "./compose.ts";
import { type Drawing, inOrder } from "./draft.ts";
import { choiceKeyboard } from "./keyboard.ts";
import { lookAlike, maybeChannel, pollDrawing, pollObstacle } from "./poll.ts";

const action = "/content/interactive/action";

/** A list as a poll where it fits one (or `options.telegram.list` says so), else as buttons under its outline. */
export function drawList(list: ListInteractive, context: RenderContext): Drawing {
  const wish = context.options.telegram?.list ?? "auto";
  const obstacle = wish === "keyboard" ? undefined : pollObstacle(list, context, wish);
  const choices = choicesOf(list);
  if (wish !== "keyboard" && obstacle === undefined) return { ...pollDrawing(list), choices };
  const drawing = { ...keyboardDrawing(list, context.token), choices };
  if (wish === "poll")
    return inOrder([told("/options/telegram/list", "the poll that was asked for", obstacle), drawing]);
  // What else keeps a poll away is in the list itself, for its author to see.
  return obstacle === maybeChannel ? inOrder([told("/to", "a poll", obstacle), drawing]) : drawing;
}

function told(path: string, instead: string, obstacle: string | undefined): Drawing {
  const did = `Drew buttons instead of ${instead}: ${obstacle}`;
  return { drafts: [], steps: [{ path, rule: "no_poll", did }] };
}

/** Keyed by the row's place in the whole list, which is also the poll's option. */
function choicesOf(list: ListInteractive): Choice[] {
  return rowsOf(list).map(({ id, title, description }, index) => ({
    key: String(index),
    reply: {
      type: "list_reply",
      list_reply: { id, title, ...(description === undefined ? {} : { description }) },
    },
  }));
}

function rowsOf(list: ListInteractive): ListRow[] {
  return list.action.sections.flatMap(({ rows }) => rows);
}

function keyboardDrawing(list: ListInteractive, token: string): Drawing {
  const rows = rowsOf(list);
  // Two rows may have one title, in two sections: then numbers tie each button to its line.
  const numbered = lookAlike(rows.map(({ title }) => title));
  const labels = rows.map(({ title }, index) => ({
    key: String(index),
    title: numbered ? `${index + 1}. ${title}` : title,
  }));
  const outlined = numbered || hasOutline(list);
  const between = outlined ? [outline(list, numbered)] : [];
  const drawing = bubble(list, between, choiceKeyboard(token, labels, false));
  return inOrder([drawing, { drafts: [], steps: keyboardSteps(outlined, numbered) }]);
}

function keyboardSteps(outlined: boolean, numbered: boolean) {
  const where = outlined ? ", with sections and descriptions in the text" : "";
  const numbers = "Numbered the rows, because several have the same title.";
  return [
    { path: `${action}/sections`, rule: "list_as_keyboard", did: `Drew the rows as buttons${where}.` },
    ...(numbered ? [{ path: `${action}/sections`, rule: "added", did: numbers }] : []),
    {
      path: `${action}/button`,
      rule: "list_button",
      did: "Left out the label that opens a list: it stands open.",
    },
  ];
}

/** Without section titles and descriptions the buttons alone say all. */
function hasOutline(list: ListInteractive): boolean {
  return list.action.sections.some(({ title, rows }) => title || rows.some(({ description }) => description));
}

function outline(list: ListInteractive, numbered: boolean): Marked {
  let count = 0;
  const sections = list.action.sections.map(({ title, rows }) => {
    const lines = rows.map((row) => {
      count++;
      return plain(`${numbered ? `${count}.` : "•"} ${rowLine(row)}`);
    });
    return join([styled(plain(title ?? ""), "bold"), ...lines], "\n");
  });
  return join(sections, "\n\n");
}

function rowLine({ title, description }: ListRow): string {
  return description ? oneLine(title, " — ", description) : title;
}
