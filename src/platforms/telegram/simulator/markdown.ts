import { utf8Bytes } from "./count.ts";
import type { Entity, Formatted } from "./entity.ts";
import { badRequest } from "./refusal.ts";

const reserved = "_*[]()~`>#+-=|{}.!";
/** Longest first: `__` is not two times `_`. */
const marks: [mark: string, type: string][] = [
  ["```", "pre"],
  ["__", "underline"],
  ["||", "spoiler"],
  ["`", "code"],
  ["*", "bold"],
  ["_", "italic"],
  ["~", "strikethrough"],
  ["[", "text_link"],
];
const markOf = Object.fromEntries(marks.map(([mark, type]) => [type, mark]));

interface State {
  source: string;
  position: number;
  text: string;
  open: (Entity & { at: number })[];
  entities: Entity[];
}

const fail = (detail: string): never => badRequest(`can't parse entities: ${detail}`);
const verbatim = (type: string | undefined) => type === "code" || type === "pre";

function close(state: State): void {
  const { at: _at, ...entity } = state.open.pop() as Entity & { at: number };
  state.entities.push({ ...entity, length: state.text.length - entity.offset });
}

/** The target in round brackets behind a link's text; only `)` and `\` are escaped in it. */
function closeLink(state: State): void {
  const match = /^\]\(((?:\\[\s\S]|[^)\\])*)\)/.exec(state.source.slice(state.position));
  const link = state.open.at(-1);
  if (!match || !link) {
    fail(`Can't find end of a URL at byte offset ${offset(state)}`);
    return;
  }
  link.url = (match[1] ?? "").replace(/\\([\s\S])/g, "$1");
  state.position += match[0].length;
  close(state);
}

const offset = (state: State) => utf8Bytes(state.source.slice(0, state.position));

function endOf(state: State): boolean {
  const top = state.open.at(-1);
  if (!top) return false;
  const rest = state.source.slice(state.position);
  if (top.type === "text_link") {
    if (!rest.startsWith("]")) return false;
    closeLink(state);
    return true;
  }
  const mark = markOf[top.type] ?? "";
  if (top.type === "blockquote" || !rest.startsWith(mark)) return false;
  if (top.type === "italic" && rest.startsWith("__")) return false;
  state.position += mark.length;
  close(state);
  return true;
}

function startOf(state: State): boolean {
  const rest = state.source.slice(state.position);
  const found = marks.find(([mark]) => rest.startsWith(mark));
  if (!found) return false;
  const [mark, type] = found;
  const at = offset(state);
  state.position += mark.length;
  const entity = { type, offset: state.text.length, length: 0, at };
  const language = type === "pre" ? /^([^\s`]+)\n/.exec(state.source.slice(state.position)) : null;
  if (language) state.position += language[0].length;
  else if (type === "pre" && state.source[state.position] === "\n") state.position++;
  state.open.push(language ? { ...entity, language: String(language[1]) } : entity);
  return true;
}

/** A line that begins with `>`: the quotation goes on while the lines do. */
function quotation(state: State): boolean {
  const atLineStart = state.text === "" || state.text.endsWith("\n");
  if (!atLineStart || state.source[state.position] !== ">") return false;
  const open = state.open.some((entity) => entity.type === "blockquote");
  if (!open) state.open.push({ type: "blockquote", offset: state.text.length, length: 0, at: offset(state) });
  state.position++;
  return true;
}

function endQuotation(state: State): void {
  const quoted = state.open.at(-1)?.type === "blockquote";
  if (quoted && state.source[state.position + 1] !== ">") close(state);
}

function step(state: State): void {
  const char = state.source[state.position] ?? "";
  const next = state.source.charCodeAt(state.position + 1);
  if (char === "\\" && next > 0 && next < 127) {
    state.text += state.source[state.position + 1];
    state.position += 2;
    return;
  }
  if (endOf(state)) return;
  const inside = verbatim(state.open.at(-1)?.type);
  if (!inside && (quotation(state) || startOf(state))) return;
  if (reserved.includes(char) && !inside) {
    fail(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
  }
  if (inside && char === "`") fail("Character '`' is reserved and must be escaped with the preceding '\\'");
  if (char === "\n") endQuotation(state);
  state.text += char;
  state.position++;
}

/** Telegram's MarkdownV2: one missed escape fails the whole text. */
export function parseMarkdownV2(source: string): Formatted {
  const state: State = { source, position: 0, text: "", open: [], entities: [] };
  while (state.position < source.length) step(state);
  while (state.open.at(-1)?.type === "blockquote") close(state);
  const left = state.open.at(-1);
  if (left) {
    const name = left.type.charAt(0).toUpperCase() + left.type.slice(1).replace("_", "");
    fail(`Can't find end of ${name} entity at byte offset ${left.at}`);
  }
  return { text: state.text, entities: state.entities };
}
