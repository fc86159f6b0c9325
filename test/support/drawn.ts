import type { Json } from "./seeds.ts";

const reply = (title: string) => ({ label: title, kind: "reply" });
const url = ({ parameters }: Json) => ({
  label: parameters.display_text,
  kind: "url",
  url: parameters.url,
});

function header(value: Json): Json {
  if (value === undefined) return {};
  if (value.type === "text") return { header: value.text };
  return { media: { type: value.type, ...value[value.type] } };
}

function card({ header: picture, body, action }: Json): Json {
  const buttons = action.buttons
    ? action.buttons.map((button: Json) => reply((button.quick_reply ?? button).title))
    : [url(action)];
  return { ...header(picture), text: body.text, buttons };
}

function controls({ type, action }: Json): Json {
  switch (type) {
    case "button":
      return { buttons: action.buttons.map((button: Json) => reply(button.reply.title)) };
    case "list": {
      const sections = action.sections.map(({ title, rows }: Json) => ({
        title,
        rows: rows.map((row: Json) => ({ title: row.title, description: row.description })),
      }));
      const { button } = action;
      return { buttons: [{ label: button, kind: "list" }], list: { button, sections } };
    }
    case "cta_url":
      return { buttons: [url(action)] };
    case "carousel":
      return { cards: action.cards.map(card) };
    case "location_request_message":
      return { buttons: [{ label: "Send location", kind: "location" }] };
    case "address_message":
      return { buttons: [{ label: "Provide address", kind: "address" }] };
    default:
      return { buttons: [{ label: action.parameters.flow_cta, kind: "flow" }] };
  }
}

/** What a person on WhatsApp must see of an interactive message: the native control with every word of it. */
export function whatsappView(interactive: Json): Json {
  const { body, footer } = interactive;
  const view = {
    from: "business",
    ...header(interactive.header),
    text: body.text,
    footer: footer?.text,
    ...controls(interactive),
  };
  return JSON.parse(JSON.stringify(view));
}

/** Every word that is meant to be read, without the label that opens a list. */
export function wordsOf({ header, body, footer, action }: Json): string[] {
  const sections = (action.sections ?? []).flatMap(({ title, rows }: Json) => [
    title,
    ...rows.flatMap((row: Json) => [row.title, row.description]),
  ]);
  const cards = (action.cards ?? []).flatMap((value: Json) => wordsOf(value));
  const buttons = (action.buttons ?? []).map(
    (button: Json) => (button.reply ?? button.quick_reply ?? button).title,
  );
  const all = [header?.text, body?.text, footer?.text, ...buttons, ...sections, ...cards];
  all.push(action.parameters?.display_text);
  return all.filter((words) => words !== undefined);
}

/** Everything that can be read on these messages. */
export function readable(messages: Json[]): string {
  return messages
    .flatMap((message) => [
      message.header,
      message.title,
      message.text,
      message.footer,
      message.poll?.question,
      message.poll?.description,
      ...(message.poll?.options ?? []).map((option: Json) => option.text),
      ...(message.buttons ?? []).map((button: Json) => button.label),
      ...(message.cards ?? []).flatMap((card: Json) => [readable([card])]),
    ])
    .filter((words) => words !== undefined)
    .join("\n");
}

/** One space for every white space, so that a text compares with itself cut into title and subtitle. */
export function flat(words: string): string {
  return words.replace(/\s+/g, " ").trim();
}

/** The words without WhatsApp's marks for bold and italic, for texts in which every such sign is a mark. */
export function unmarked(words: string): string {
  return words.replace(/[*_]/g, "");
}
