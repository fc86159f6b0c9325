import fc from "fast-check";
import type { Content, RenderOptions } from "../../src/core/message.ts";
import { cut, ids, link, text, title } from "./texts.ts";

type Json = fc.JsonValue;
type Any = fc.Arbitrary<unknown>;

/** Files that can be sent by id, and the id of each on the platform that is played on. */
export type Files = Partial<Record<"image" | "video" | "audio" | "voice" | "document" | "sticker", string>>;

/** A request as a customer may write it, the contact's language, and whether it quotes. */
export interface Sent {
  content: Content;
  options?: RenderOptions;
  language?: string;
  quotes: boolean;
}

const extension = {
  image: ["jpg", "png", "webp", "gif", ""],
  video: ["mp4", "mp4?x=1", "3gp", "mov"],
  audio: ["mp3", "ogg"],
  voice: ["ogg", ""],
  document: ["pdf", "PDF", "docx", "zip", ""],
  sticker: ["webp", ""],
} as const;

type MediaOf = (kind: keyof typeof extension, more?: Record<string, Any>) => Any;

/** Files by link, and by id where there is one. */
function mediaFrom(files: Files): MediaOf {
  return (kind, more = {}) => {
    const name = fc.constantFrom("a", "b_c", "d%20e", "%D8%A7");
    const url = fc
      .tuple(name, fc.constantFrom(...extension[kind]))
      .map(([file, end]) => `https://files.example.com/${file}.${end}`);
    const known = files[kind];
    const byLink = fc.record({ link: url, ...more }, { requiredKeys: ["link"] });
    if (known === undefined) return byLink;
    const byId = fc.record({ id: fc.constant(known), ...more }, { requiredKeys: ["id"] });
    return fc.oneof({ weight: 3, arbitrary: byLink }, { weight: 1, arbitrary: byId });
  };
}

/** Every kind of message that validation may take, each part at and below its limit. */
export function messages(files: Files): fc.Arbitrary<Sent> {
  const media = mediaFrom(files);
  const filename = fc.constantFrom("terms.pdf", "Cópia do contrato.docx", "عقد.pdf", "a");
  const content = fc.oneof(
    { weight: 4, arbitrary: interactive(media, filename) },
    { weight: 1, arbitrary: plain(media, filename) },
  );
  return fc.record(
    {
      content: content as fc.Arbitrary<Content>,
      options: options() as fc.Arbitrary<RenderOptions>,
      language: fc.constantFrom("en", "pt", "es", "ar", "hi", "id", "de", "he"),
      quotes: fc.boolean(),
    },
    { requiredKeys: ["content", "quotes"] },
  );
}

function interactive(media: MediaOf, filename: Any): Any {
  const header = fc.oneof(
    text(60).map((value) => ({ type: "text", text: value })),
    media("image").map((image) => ({ type: "image", image })),
    media("video").map((video) => ({ type: "video", video })),
    media("document", { filename }).map((document) => ({ type: "document", document })),
  );
  const textHeader = text(60).map((value) => ({ type: "text", text: value }));
  const made = (type: string, action: Any, more: { header?: Any; footer?: Any; max?: number }) => {
    const { header: head, footer, max = 1024 } = more;
    const parts = {
      type: fc.constant(type),
      body: text(max).map((value) => ({ text: value })),
      action,
      ...(head && { header: head }),
      ...(footer && { footer }),
    };
    return fc.record(parts, { requiredKeys: ["type", "body", "action"] });
  };
  const footer = text(60).map((value) => ({ text: value }));
  const framed = { header, footer };
  return fc
    .oneof(
      { weight: 3, arbitrary: made("button", buttons(), framed) },
      { weight: 5, arbitrary: made("list", list(), { header: textHeader, footer, max: 4096 }) },
      { weight: 2, arbitrary: made("cta_url", urlAction(), framed) },
      { weight: 4, arbitrary: made("carousel", carousel(media), {}) },
      { weight: 1, arbitrary: made("location_request_message", fc.constant({ name: "send_location" }), {}) },
      { weight: 1, arbitrary: made("address_message", address(), framed) },
      { weight: 1, arbitrary: made("flow", flow(), framed) },
    )
    .map((value) => ({ interactive: value }));
}

function titles(count: number, max: number, unique: boolean): fc.Arbitrary<string[]> {
  const size = { minLength: count, maxLength: count };
  return unique ? fc.uniqueArray(title(max), size) : fc.array(title(max), size);
}

function buttons(): Any {
  return fc.integer({ min: 1, max: 3 }).chain((count) =>
    fc.tuple(ids(count, 256), titles(count, 20, true)).map(([all, names]) => ({
      buttons: all.map((id, index) => ({ type: "reply", reply: { id, title: names[index]! } })),
    })),
  );
}

/** The label that opens a list: at times what a gateway might write on a row's own button. */
const opener = fc.oneof(
  { weight: 2, arbitrary: text(20) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["Select", "SELECT", " select", "Choose", "Selecionar", "seleccionar", "اختيار", "चुनें", "Pilih"],
    ),
  },
);

/** Up to ten rows, in up to ten sections that have all titles, or some, or none. */
function list(): Any {
  const shape = fc.record({
    counts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
    titled: fc.constantFrom("all", "all", "some", "none"),
    described: fc.constantFrom("all", "some", "none"),
    // Quick replies hold 20, and no two alike.
    longest: fc.constantFrom(20, 20, 21, 24),
    unique: fc.boolean(),
  });
  return shape.chain(({ counts, titled, described, longest, unique }) => {
    let left = 10;
    const sizes = counts.flatMap((count) => {
      const size = Math.min(count, left);
      left -= size;
      return size > 0 ? [size] : [];
    });
    const rows = 10 - left;
    const parts = fc.tuple(
      ids(rows, 200),
      titles(rows, longest, unique),
      fc.array(text(72), { minLength: rows, maxLength: rows }),
      fc.array(title(24), { minLength: sizes.length, maxLength: sizes.length }),
      opener,
    );
    const has = (which: string, index: number) => which === "all" || (which === "some" && index % 2 === 0);
    return parts.map(([all, names, descriptions, sectionTitles, button]) => {
      let row = 0;
      const sections = sizes.map((size, section) => ({
        ...(has(titled, section) && { title: sectionTitles[section]! }),
        rows: Array.from({ length: size }, () => {
          const at = row++;
          const description = has(described, at) ? { description: descriptions[at]! } : {};
          return { id: all[at]!, title: names[at]!, ...description };
        }),
      }));
      return { button, sections };
    });
  });
}

const url = fc.oneof(
  { weight: 4, arbitrary: link },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "http://localhost:3000/x",
      "https://intranet/a_b",
      "https://[::1]/",
      "HTTPS://EXAMPLE.COM/A",
    ),
  },
);

function urlAction(): Any {
  const parameters = fc.record({ display_text: title(20), url });
  return fc.record({ name: fc.constant("cta_url"), parameters });
}

const cardText = text(160).map((value) => {
  const [first = "", second = "", ...rest] = value.split("\n");
  return cut([first, second, rest.join(" ")].join("\n").trim(), 160) || "x";
});

/** Pictures by link can stand side by side where a platform has cards; films and uploaded files often cannot. */
function carousel(media: MediaOf): Any {
  const pictures = mediaFrom({})("image").map((image) => ({ type: "image", image }));
  const mixed = fc.oneof(
    { weight: 4, arbitrary: media("image").map((image) => ({ type: "image", image })) },
    { weight: 1, arbitrary: media("video").map((video) => ({ type: "video", video })) },
  );
  return fc.oneof(...[pictures, mixed].flatMap((header) => [urlCards(header), replyCards(header)]));
}

function card(header: Any, action: Any): Any {
  return fc.record(
    { type: fc.constant("cta_url"), header, body: cardText.map((value) => ({ text: value })), action },
    { requiredKeys: ["type", "header", "action"] },
  );
}

function numbered(cards: unknown[]) {
  return { cards: cards.map((each, card_index) => ({ card_index, ...(each as object) })) };
}

function urlCards(header: Any): Any {
  return fc.array(card(header, urlAction()), { minLength: 2, maxLength: 10 }).map(numbered);
}

function replyCards(header: Any): Any {
  const size = fc.record({ cards: fc.integer({ min: 2, max: 10 }), each: fc.integer({ min: 1, max: 3 }) });
  return size.chain(({ cards, each }) =>
    ids(cards * each, 256).chain((all) => {
      const replies = (index: number) => quickReplies(all.slice(index * each, (index + 1) * each));
      return fc
        .tuple(...Array.from({ length: cards }, (_, index) => card(header, replies(index))))
        .map(numbered);
    }),
  );
}

function quickReplies(all: string[]): Any {
  return titles(all.length, 20, true).map((names) => ({
    buttons: all.map((id, index) => ({ type: "quick_reply", quick_reply: { id, title: names[index]! } })),
  }));
}

function address(): Any {
  return fc.constant({ name: "address_message", parameters: { country: "IN", values: { name: "Asha" } } });
}

function flow(): Any {
  const label = fc.constantFrom("Open", "افتح", "Agendar");
  return label.map((flow_cta) => ({
    name: "flow",
    parameters: { flow_message_version: "3", flow_id: "123", flow_cta },
  }));
}

function plain(media: MediaOf, filename: Any): Any {
  const caption = text(1024);
  const named = (key: string, value: Any) => value.map((inner) => ({ [key]: inner }));
  const degrees = (max: number) =>
    fc.double({ min: -max, max, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6 + 0);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: named(
        "text",
        fc.record({ body: text(4096), preview_url: fc.boolean() }, { requiredKeys: ["body"] }),
      ),
    },
    named("image", media("image", { caption })),
    named("video", media("video", { caption })),
    named("audio", media("audio")),
    named(
      "audio",
      media("voice").map((file) => ({ ...(file as object), voice: true })),
    ),
    named("document", media("document", { caption, filename })),
    named("sticker", media("sticker")),
    named(
      "location",
      fc.record(
        { latitude: degrees(90), longitude: degrees(180), name: text(100), address: text(400) },
        { requiredKeys: ["latitude", "longitude"] },
      ),
    ),
    named("contacts", fc.array(contact(), { minLength: 1, maxLength: 4 })),
    named(
      "reaction",
      fc.record({ message_id: fc.constant("wamid.A"), emoji: fc.constantFrom("👍", "❤️", "😂", "🦄", "") }),
    ),
  );
}

function contact(): Any {
  const phone = fc.record(
    {
      phone: fc.constantFrom("+55 11 99999-0000", "+1 555 010 1001", "+972 3 000 0000"),
      type: fc.constantFrom("HOME", "CELL"),
    },
    { requiredKeys: ["phone"] },
  );
  const some = (value: Any) => fc.array(value as fc.Arbitrary<Json>, { minLength: 1, maxLength: 3 });
  return fc.record(
    {
      name: fc.record(
        { formatted_name: text(60), first_name: text(20), last_name: text(20) },
        { requiredKeys: ["formatted_name"] },
      ),
      phones: some(phone),
      emails: some(
        fc.record({
          email: fc.constantFrom("ana@example.com", "b_c@example.com"),
          type: fc.constant("WORK"),
        }),
      ),
      urls: some(fc.record({ url: link })),
      addresses: some(fc.record({ street: text(40), city: text(20) }, { requiredKeys: ["street"] })),
      org: fc.record({ company: text(40), title: text(20) }, { requiredKeys: ["company"] }),
      birthday: fc.constant("1990-01-02"),
    },
    { requiredKeys: ["name"] },
  );
}

function options(): Any {
  const labels = fc.record(
    { send_location: text(20), location_hint: text(80), select: opener, location_prompt: text(80) },
    { requiredKeys: [] },
  );
  return fc.record(
    {
      telegram: fc.record({ list: fc.constantFrom("auto", "poll", "keyboard") }),
      instagram: fc.record({ button: fc.constantFrom("quick_replies", "template") }),
      labels,
    },
    { requiredKeys: [] },
  );
}
