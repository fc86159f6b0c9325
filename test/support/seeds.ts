import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// biome-ignore lint/suspicious/noExplicitAny: a seed's body is JSON as a customer writes it, valid or not
export type Json = any;

/** One JSON body of a seed document, as written there. */
export interface Seed {
  name: string;
  document: 1 | 2;
  body: Json;
  interactive: Json;
}

const folder = join(import.meta.dirname, "..", "..", "src", "core", "fixtures");

/** Every body of both documents, read anew at every call. */
export function seeds(): Seed[] {
  const names = readdirSync(folder).filter((name) => /^seed-[12]-.*\.json$/.test(name));
  assert.equal(names.length, 9, "four bodies of the first document and five of the second");
  return names.sort().map((name) => {
    const body = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const interactive = body.content?.interactive ?? body.interactive;
    return {
      name: name.replace(".json", ""),
      document: name.startsWith("seed-1") ? 1 : 2,
      body,
      interactive,
    };
  });
}

export function seed(name: string): Seed {
  const found = seeds().find((one) => one.name === name);
  assert.ok(found, `there is a seed ${name}`);
  return found;
}

/** The headers that the documents allow; image and video as the first one writes them. */
export const headers: Record<"text" | "image" | "video" | "document", Json> = {
  text: { type: "text", text: "Choose an option" },
  image: { type: "image", image: { link: "https://example.com/banner.jpg" } },
  video: { type: "video", video: { link: "https://example.com/presentation.mp4" } },
  document: {
    type: "document",
    document: { link: "https://example.com/terms.pdf", filename: "terms of use.pdf" },
  },
};

/** A text of exactly so many characters (code points), which begins with `start`. */
export function long(start: string, characters: number, filler = "x"): string {
  const text = [...start, ...filler.repeat(characters)].slice(0, characters).join("");
  assert.equal([...text].length, characters);
  return text;
}

export function buttons(options: { id: string; title: string }[], body = "How can I help you?"): Json {
  return {
    type: "button",
    body: { text: body },
    action: { buttons: options.map((reply) => ({ type: "reply", reply })) },
  };
}

/** The second document's carousel with `count` quick replies a card instead of a URL, nested or flat. */
export function quickReplyCarousel(count: number, form: "nested" | "flat", mark = ""): Json {
  const interactive = structuredClone(seed("seed-2-carousel").interactive);
  for (const [card, value] of interactive.action.cards.entries()) {
    const replies = Array.from({ length: count }, (_, index) => ({
      id: `card-${card}-reply-${index}${mark}`,
      title: `Pick ${index}`,
    }));
    value.action = {
      buttons: replies.map((reply) =>
        form === "nested" ? { type: "quick_reply", quick_reply: reply } : { type: "quick_reply", ...reply },
      ),
    };
  }
  return interactive;
}

/** The fields of one option of each card, whichever way it was written. */
export function quickReplies(card: Json): { id: string; title: string }[] {
  return card.action.buttons.map(
    (button: Json) => button.quick_reply ?? { id: button.id, title: button.title },
  );
}

const form = {
  header: headers.text,
  body: { text: "Where shall we send it?" },
  footer: { text: "India only." },
};

export const addressMessage: Json = {
  type: "address_message",
  body: form.body,
  footer: form.footer,
  action: { name: "address_message", parameters: { country: "IN", values: { name: "Asha" } } },
};

export const flow: Json = {
  type: "flow",
  ...form,
  action: {
    name: "flow",
    parameters: {
      flow_message_version: "3",
      flow_id: "1234567890",
      flow_cta: "Book now",
      flow_token: "token-1",
      flow_action: "navigate",
      flow_action_payload: { screen: "FIRST", data: { plan: "gold" } },
    },
  },
};
