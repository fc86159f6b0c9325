import type { Chat } from "./chat.ts";
import type { Json } from "./seeds.ts";

interface Row {
  title: string;
  description?: string;
}

/** A list of one section, whose rows are numbered by their ids. */
export function list(body: string, rows: Row[], more: Json = {}): Json {
  const sections = [{ title: "Ours", rows: rows.map((row, index) => ({ id: `row-${index}`, ...row })) }];
  return {
    interactive: { type: "list", body: { text: body }, action: { button: "Open", sections }, ...more },
  };
}

/** Ten rows with descriptions. */
export const described = Array.from({ length: 10 }, (_, index) => ({
  title: `Dish ${index}`,
  description: `What is in it ${index}`,
}));

/** As a text stands beside one of the other direction. */
export const apart = (text: string) => `\u2068${text}\u2069`;
export const points = (text: string) => [...text].length;

/** The calls of the last message, as Telegram got them. */
export async function sent(chat: Chat, count: number): Promise<Json[]> {
  return (await chat.calls(({ path }) => /\/send/.test(path), count)).map(({ body }) => body);
}
