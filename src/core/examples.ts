import seed1Button from "./fixtures/seed-1-button.json" with { type: "json" };
import seed1CtaUrl from "./fixtures/seed-1-cta-url.json" with { type: "json" };
import seed1List from "./fixtures/seed-1-list.json" with { type: "json" };
import seed1LocationRequest from "./fixtures/seed-1-location-request-message.json" with { type: "json" };
import seed2Button from "./fixtures/seed-2-button.json" with { type: "json" };
import seed2Carousel from "./fixtures/seed-2-carousel.json" with { type: "json" };
import seed2CtaUrl from "./fixtures/seed-2-cta-url.json" with { type: "json" };
import seed2List from "./fixtures/seed-2-list.json" with { type: "json" };
import seed2LocationRequest from "./fixtures/seed-2-location-request-message.json" with { type: "json" };
import { long, rightToLeft, tenCards, tenRows, withEmoji, withHeader } from "./made-examples.ts";
import { replyCarousel, samples } from "./samples.ts";

/** Where an example comes from: a seed document word for word, a type of message, or a message that is hard to draw. */
export type ExampleGroup = "seed_1" | "seed_2" | "interactive" | "plain" | "hard";

/** A message to start from. The content is what somebody may write, spellings that are folded included. */
export interface Example {
  name: string;
  group: ExampleGroup;
  content: object;
}

const seeds: [name: string, group: ExampleGroup, body: object][] = [
  ["seed-1-list", "seed_1", seed1List],
  ["seed-1-button", "seed_1", seed1Button],
  ["seed-1-cta-url", "seed_1", seed1CtaUrl],
  ["seed-1-location-request", "seed_1", seed1LocationRequest],
  ["seed-2-list", "seed_2", seed2List],
  ["seed-2-button", "seed_2", seed2Button],
  ["seed-2-cta-url", "seed_2", seed2CtaUrl],
  ["seed-2-carousel", "seed_2", seed2Carousel],
  ["seed-2-location-request", "seed_2", seed2LocationRequest],
];

/** The second document writes the Cloud API's own body, of which only the interactive object is content. */
function contentOf(body: { content?: object; interactive?: object }): object {
  return body.content ?? { interactive: body.interactive };
}

const typed = ["address_message", "flow"] as const;
const plain = [
  "text",
  "image",
  "video",
  "audio",
  "document",
  "sticker",
  "location",
  "contacts",
  "reaction",
] as const;

/** Every example, made anew: each message of both seed documents, each type, and those that are hard to draw. */
export function examples(): Example[] {
  const sample = samples();
  const made: [name: string, group: ExampleGroup, content: object][] = [
    ["button-image", "interactive", withHeader("image")],
    ["button-video", "interactive", withHeader("video")],
    ["button-document", "interactive", withHeader("document")],
    ["carousel-replies", "interactive", replyCarousel(3, 2)],
    ...typed.map((type) => [type, "interactive", sample[type]] as [string, ExampleGroup, object]),
    ...plain.map((type) => [type, "plain", sample[type]] as [string, ExampleGroup, object]),
    ["ten-rows", "hard", tenRows()],
    ["ten-cards", "hard", tenCards()],
    ["long-body", "hard", long(1024)],
    ["long-text", "hard", { text: { body: long(4096).interactive.body.text } }],
    ["right-to-left", "hard", rightToLeft()],
    ["emoji", "hard", withEmoji()],
  ];
  const verbatim = seeds.map(([name, group, body]) => ({ name, group, content: contentOf(body) }));
  return structuredClone([...verbatim, ...made.map(([name, group, content]) => ({ name, group, content }))]);
}
