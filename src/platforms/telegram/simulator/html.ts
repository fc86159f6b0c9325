import { utf8Bytes } from "./count.ts";
import type { Entity, Formatted } from "./entity.ts";
import { badRequest } from "./refusal.ts";

const types: Record<string, string> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};
const named: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name) return named[name] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

interface Open {
  tag: string;
  entity: Entity;
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(
    attributes,
  );
  return match ? decode(match[1] ?? match[2] ?? match[3] ?? "") : undefined;
}

function start(tag: string, attributes: string, offset: number): Entity | null {
  const type = types[tag];
  if (!type) return null;
  if (tag === "span" && attribute(attributes, "class") !== "tg-spoiler") return null;
  const entity: Entity = { type, offset, length: 0 };
  if (tag === "a") entity.url = attribute(attributes, "href") ?? "";
  if (tag === "blockquote" && /(?:^|\s)expandable\b/i.test(attributes)) entity.type = "expandable_blockquote";
  const language =
    tag === "code" ? /^language-(.+)$/.exec(attribute(attributes, "class") ?? "")?.[1] : undefined;
  if (language) entity.language = language;
  return entity;
}

/** `<pre><code class="language-x">` is one entity with a language. */
function fold(entities: Entity[]): Entity[] {
  const pre = entities.filter((entity) => entity.type === "pre");
  return entities.filter((entity) => {
    if (entity.type !== "code") return true;
    const outer = pre.find((other) => other.offset === entity.offset && other.length === entity.length);
    if (outer && entity.language) outer.language = entity.language;
    if (!outer) delete entity.language;
    return !outer;
  });
}

/** Telegram's HTML: its few tags, its four named characters, its sentences about mistakes. */
export function parseHtml(source: string): Formatted {
  const open: Open[] = [];
  const entities: Entity[] = [];
  let text = "";
  let position = 0;
  const where = (index: number) => utf8Bytes(source.slice(0, index));
  const fail = (detail: string) => badRequest(`can't parse entities: ${detail}`);
  while (position < source.length) {
    const next = source.indexOf("<", position);
    text += decode(source.slice(position, next === -1 ? undefined : next));
    if (next === -1) break;
    const close = source.indexOf(">", next);
    if (close === -1) fail(`Unclosed start tag at byte offset ${where(next)}`);
    const inside = source.slice(next + 1, close);
    position = close + 1;
    if (inside.startsWith("/")) {
      const last = open.pop();
      const tag = inside.slice(1).trim().toLowerCase();
      if (!last) fail(`Unexpected end tag at byte offset ${where(next)}`);
      else if (tag !== "" && tag !== last.tag) {
        fail(`Unmatched end tag at byte offset ${where(next)}, expected "</${last.tag}>", found "</${tag}>"`);
      } else {
        last.entity.length = text.length - last.entity.offset;
        entities.push(last.entity);
      }
      continue;
    }
    const [, name = "", attributes = ""] = /^([^\s/]*)([\s\S]*)$/.exec(inside) ?? [];
    const tag = name.toLowerCase();
    const entity = start(tag, attributes, text.length);
    if (!entity) fail(`Unsupported start tag "${tag}" at byte offset ${where(next)}`);
    else open.push({ tag, entity });
  }
  const left = open.at(-1);
  if (left) fail(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text, entities: fold(entities) };
}
