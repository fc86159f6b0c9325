import type { Content, Interactive, MessageType } from "./message.ts";

const link = "https://example.com/a.jpg";
const frame = {
  header: { type: "text", text: "Customer support" },
  body: { text: "How can I help you?" },
  footer: { text: "Reply with an option" },
} as const;

function cards(count: number, action: (index: number) => unknown): unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    card_index: index,
    type: "cta_url",
    header: { type: "image", image: { link } },
    body: { text: "*Blue*\n\nA succulent." },
    action: action(index),
  }));
}

/** A carousel of quick replies, `replies` on each of its `count` cards. */
export function replyCarousel(count = 2, replies = 1): Content {
  const buttons = (card: number) =>
    Array.from({ length: replies }, (_, index) => ({
      type: "quick_reply",
      quick_reply: { id: `card-${card}-${index}`, title: `Pick ${index}` },
    }));
  const action = { cards: cards(count, (index) => ({ buttons: buttons(index) })) };
  return sample({ type: "carousel", body: frame.body, action });
}

/** A carousel of `count` cards with a URL button each. */
export function urlCarousel(count = 2): Content {
  const button = (index: number) => ({
    name: "cta_url",
    parameters: { display_text: "Buy now", url: `https://shop.example.com/${index}` },
  });
  return sample({ type: "carousel", body: frame.body, action: { cards: cards(count, button) } });
}

function sample(interactive: unknown): Content {
  return { interactive: structuredClone(interactive) as Interactive };
}

/** One complete, valid message of every type, made anew at every call: for tests and benches. */
export function samples(): Record<MessageType, Content> {
  const country = { country: "IN", values: { name: "Asha", in_pin_code: "400063" } };
  const saved = [{ id: "home", value: { in_pin_code: "400063" } }];
  const made: Record<MessageType, Content> = {
    button: sample({
      type: "button",
      ...frame,
      action: { buttons: [reply("SUPPORT", "Support"), reply("SALES", "Sales")] },
    }),
    list: sample({ type: "list", ...frame, action: { button: "View options", sections: sections() } }),
    cta_url: sample({
      type: "cta_url",
      ...frame,
      action: { name: "cta_url", parameters: { display_text: "Visit site", url: "https://example.com" } },
    }),
    carousel: replyCarousel(),
    location_request_message: sample({
      type: "location_request_message",
      body: frame.body,
      action: { name: "send_location" },
    }),
    address_message: sample({
      type: "address_message",
      ...frame,
      action: { name: "address_message", parameters: { ...country, saved_addresses: saved } },
    }),
    flow: sample({
      type: "flow",
      ...frame,
      action: { name: "flow", parameters: { flow_message_version: "3", flow_id: "123", flow_cta: "Open" } },
    }),
    text: { text: { body: "Hello" } },
    image: { image: { link, caption: "A picture" } },
    video: { video: { link: "https://example.com/a.mp4", caption: "A film" } },
    audio: { audio: { link: "https://example.com/a.ogg", voice: true } },
    document: { document: { link: "https://example.com/a.pdf", caption: "Terms", filename: "terms.pdf" } },
    sticker: { sticker: { link: "https://example.com/a.webp" } },
    location: { location: { latitude: 40.78, longitude: -73.96, name: "Museum", address: "1071 5th Ave" } },
    contacts: { contacts: [{ name: { formatted_name: "Ana Lima" }, phones: [{ phone: "+5511999990000" }] }] },
    reaction: { reaction: { message_id: "msg_1", emoji: "👍" } },
  };
  return structuredClone(made);
}

function reply(id: string, title: string) {
  return { type: "reply", reply: { id, title } };
}

function sections() {
  return [
    { title: "Main courses", rows: [{ id: "dish_1", title: "Grilled steak", description: "With fries" }] },
    { title: "Desserts", rows: [{ id: "dessert_1", title: "Lava cake", description: "With ice cream" }] },
  ];
}
