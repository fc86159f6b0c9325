import type { Content, Header, Interactive, MessageType } from "../../src/core/message.ts";
import { replyCarousel, samples, urlCarousel } from "../../src/core/samples.ts";

/** The kinds of header, and none. */
const headers: Record<string, Header | undefined> = {
  "no header": undefined,
  "text header": { type: "text", text: "Customer support" },
  "image header": { type: "image", image: { link: "https://example.com/a.jpg" } },
  "video header": { type: "video", video: { link: "https://example.com/a.mp4" } },
  "document header": {
    type: "document",
    document: { link: "https://example.com/a.pdf", filename: "terms.pdf" },
  },
};

type Cells = Record<string, Content>;

/** Longer than a poll's question or a button template's text. */
const long = "How can I help you today? ".repeat(30).trim();

/** The messages of a type that the matrix shows, each under its name: every kind of header, every kind of card. */
export function cells(type: MessageType): Cells {
  const sample = () => samples()[type];
  switch (type) {
    case "button":
    case "cta_url":
    case "address_message":
    case "flow":
      return withHeaders(sample, Object.keys(headers));
    case "list":
      return {
        ...withHeaders(sample, ["no header", "text header"]),
        "titles alone": withoutDescriptions(withHeader(sample(), "no header")),
        "a long body": withBody(withHeader(sample(), "no header"), long),
      };
    case "carousel":
      return {
        "quick replies": replyCarousel(2, 2),
        "URL cards": urlCarousel(),
        "video cards": changeCards(urlCarousel(), (card) => {
          card.header = { type: "video", video: { link: "https://example.com/a.mp4" } };
        }),
        "WebP cards": changeCards(replyCarousel(), (card) => {
          card.header = { type: "image", image: { link: "https://example.com/a.webp" } };
        }),
        "cards without text": changeCards(replyCarousel(), (card) => {
          delete card.body;
        }),
      };
    case "text":
      return { plain: sample(), markup: { text: { body: "*Bold*, _italic_ and ~struck~; 2*3*4." } } };
    case "image":
    case "video":
    case "document":
      return { caption: sample(), "no caption": withoutCaption(sample()) };
    case "audio":
      return {
        "voice note": sample(),
        "voice note whose link has no ending": {
          audio: { link: "https://example.com/media/1", voice: true },
        },
        music: { audio: { link: "https://example.com/a.mp3" } },
      };
    case "sticker":
      return {
        plain: sample(),
        "a link without an ending": { sticker: { link: "https://example.com/media/2" } },
      };
    case "location":
      return {
        "name and address": sample(),
        "a point": { location: { latitude: 40.78, longitude: -73.96 } },
      };
    default:
      return { plain: sample() };
  }
}

function interactiveOf(content: Content): Interactive {
  return (content as { interactive: Interactive }).interactive;
}

function withHeaders(sample: () => Content, names: readonly string[]): Cells {
  return Object.fromEntries(names.map((name) => [name, withHeader(sample(), name)]));
}

function withHeader(content: Content, name: string): Content {
  const { header: _, ...bare } = interactiveOf(content) as Interactive & { header?: Header };
  const header = headers[name];
  return { interactive: { ...bare, ...(header && { header }) } as Interactive };
}

function withBody(content: Content, text: string): Content {
  return { interactive: { ...interactiveOf(content), body: { text } } as Interactive };
}

function withoutDescriptions(content: Content): Content {
  const list = interactiveOf(content) as Extract<Interactive, { type: "list" }>;
  for (const row of list.action.sections.flatMap((section) => section.rows)) delete row.description;
  return content;
}

type Card = Extract<Interactive, { type: "carousel" }>["action"]["cards"][number];

function changeCards(content: Content, change: (card: Card) => void): Content {
  const carousel = interactiveOf(content) as Extract<Interactive, { type: "carousel" }>;
  carousel.action.cards.forEach(change);
  return content;
}

function withoutCaption(content: Content): Content {
  for (const media of Object.values(content)) delete media.caption;
  return content;
}
