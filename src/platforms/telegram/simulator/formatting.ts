import type { JsonObject } from "../../../core/json.ts";
import type { Entity, Formatted } from "./entity.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdownV2 } from "./markdown.ts";
import { type Ask, asObject, jsonOf, textOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

function given(text: string, list: unknown): Formatted {
  if (list === undefined || list === null) return { text, entities: [] };
  if (!Array.isArray(list)) badRequest("can't parse entities JSON object");
  const entities = (list as unknown[]).map((value) => {
    const entity = asObject(value);
    const { type, offset, length } = entity;
    const fine = typeof type === "string" && Number.isInteger(offset) && Number.isInteger(length);
    if (!fine) badRequest("can't parse MessageEntity: Can't find field \"type\"");
    return entity as unknown as Entity;
  });
  return { text, entities: entities.filter((entity) => entity.offset >= 0 && entity.offset < text.length) };
}

function parse(text: string, mode: string, list: unknown): Formatted {
  switch (mode.toLowerCase()) {
    case "":
      return given(text, list);
    case "html":
      return parseHtml(text);
    case "markdownv2":
      return parseMarkdownV2(text);
    default:
      return badRequest("unsupported parse_mode");
  }
}

/** Takes the blanks from both ends and moves the entities along. */
function trim({ text, entities }: Formatted): Formatted {
  const shift = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const moved = entities.map((entity) => {
    const start = Math.max(entity.offset - shift, 0);
    const end = Math.min(entity.offset + entity.length - shift, trimmed.length);
    return { ...entity, offset: start, length: end - start };
  });
  const kept = moved.filter((entity) => entity.length > 0);
  kept.sort((one, other) => one.offset - other.offset || other.length - one.length);
  return { text: trimmed, entities: kept };
}

/** A text with its formatting, by `parse_mode` or by entities; `parse_mode` wins. */
export function formatted(ask: Ask, names: { text: string; mode: string; entities: string }): Formatted {
  const text = textOf(ask, names.text) ?? "";
  const mode = textOf(ask, names.mode) ?? "";
  return trim(parse(text, mode, mode === "" ? jsonOf(ask, names.entities) : undefined));
}

export const entityField = (name: string, entities: Entity[]): JsonObject =>
  entities.length > 0 ? { [name]: entities.map((entity) => ({ ...entity })) } : {};
