import assert from "node:assert/strict";
import { examples } from "../../src/core/examples.ts";
import type { Content, MessageType, RenderOptions } from "../../src/core/message.ts";
import { samples } from "../../src/core/samples.ts";
import { validatePreview } from "../../src/core/validate.ts";
import { cells } from "../matrix/cells.ts";

export interface ExampleToSee {
  name: string;
  content: Content;
  options?: RenderOptions;
  /** Answers what the person wrote. */
  quotes?: boolean;
}

/** Whatever a message may be drawn otherwise by. */
const optioned: [name: string, type: MessageType, options: RenderOptions][] = [
  ["as a template", "button", { instagram: { button: "template" } }],
  ["as a poll", "list", { telegram: { list: "poll" } }],
  ["as a keyboard", "list", { telegram: { list: "keyboard" } }],
  ["with own words", "list", { labels: { select: "Take this" } }],
  ["in Hindi", "location_request_message", { language: "hi" }],
];

/** Every example of the console, every cell of the matrix, and what options draw otherwise. */
export function examplesToSee(): ExampleToSee[] {
  const given = examples().map(({ name, content }) => ({ name, content: canonical(content) }));
  const types = Object.keys(samples()) as MessageType[];
  const matrix = types.flatMap((type) =>
    Object.entries(cells(type)).map(([name, content]) => ({ name: `${type}, ${name}`, content })),
  );
  const chosen = optioned.map(([name, type, options]) => ({
    name: `${type}, ${name}`,
    content: samples()[type],
    options,
  }));
  const quoting = (["text", "button", "image"] as const).map((type) => ({
    name: `${type}, with a quote`,
    content: samples()[type],
    quotes: true,
  }));
  return [...given, ...matrix, ...chosen, ...quoting];
}

/** The content with its accepted spellings folded, as it is rendered. */
function canonical(content: object): Content {
  const valid = validatePreview({ platforms: ["whatsapp"], content });
  assert.ok(!("problems" in valid), JSON.stringify(valid));
  return valid.request.content;
}
