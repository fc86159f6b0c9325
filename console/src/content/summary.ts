import { texts } from "../texts/texts.ts";

const { messages: words } = texts;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** What a kind of message is called. Platforms may add others: those by their own name. */
export function typeName(type: string): string {
  return (words.types as Record<string, string>)[type] ?? type.replaceAll("_", " ");
}

/** The words of a message in one line, for lists; empty where it has none. */
export function summaryOf(content: Fields): string {
  const line = sayingOf(content)?.replace(/\s+/g, " ").trim() ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function sayingOf(content: Fields): string | undefined {
  const { interactive, reaction, location, contacts, template } = content;
  if (interactive !== undefined) return ofInteractive(fields(interactive));
  if (reaction !== undefined) return text(fields(reaction).emoji) ?? words.reactionRemoved;
  if (location !== undefined) {
    const { name, address, latitude, longitude } = fields(location);
    return text(name) ?? text(address) ?? `${latitude}, ${longitude}`;
  }
  if (Array.isArray(contacts))
    return contacts.map((card) => text(fields(fields(card).name).formatted_name)).join(", ");
  if (template !== undefined) return text(fields(template).name);
  return ofMedia(content);
}

function ofInteractive(interactive: Fields): string | undefined {
  const { body, button_reply, list_reply, nfm_reply } = interactive;
  const reply = fields(button_reply ?? list_reply);
  return text(fields(body).text) ?? text(reply.title) ?? text(reply.id) ?? text(fields(nfm_reply).body);
}

function ofMedia(content: Fields): string | undefined {
  for (const value of Object.values(content)) {
    const { body, caption, filename, title, link } = fields(value);
    const said = text(body) ?? text(caption) ?? text(filename) ?? text(title) ?? text(link);
    if (said !== undefined) return said;
  }
  return undefined;
}
