import { GraphApiError, WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import {
  bodyText,
  type Desk,
  footerText,
  type Loose,
  link,
  notCovered,
  type Sending,
  type Sent,
  screens,
  shows,
  text,
} from "./sending.ts";

export function kapso({ url, token }: Pick<Desk, "url" | "token">): WhatsAppClient {
  return new WhatsAppClient({ baseUrl: url, accessToken: token, graphVersion: "v25.0" });
}

/** This client throws refusals. */
export async function sentBy(sending: Promise<Loose>): Promise<Sent> {
  try {
    return { id: (await sending).messages[0].id };
  } catch (error) {
    if (!(error instanceof GraphApiError)) throw error;
    return { code: error.code, details: error.details };
  }
}

type Messages = WhatsAppClient["messages"];
type To = { phoneNumberId: string; to: string };
type Row = [
  what: string,
  send: (messages: Messages, to: To) => Promise<unknown>,
  outcome: Sending["outcome"],
];

const header = { type: "text", text: "Drinks" } as const;
const buttons = [
  { id: "yes", title: "Yes" },
  { id: "no", title: "No" },
];
const sections = [
  {
    title: "Hot",
    rows: [
      { id: "tea", title: "Tea", description: "Green" },
      { id: "coffee", title: "Coffee" },
    ],
  },
  { title: "Cold", rows: [{ id: "water", title: "Water" }] },
];
const contact = {
  name: { formattedName: "Zoë Quint", firstName: "Zoë" },
  phones: [{ phone: "+1 555 000 9999", waId: "15550009999", type: "CELL" }],
  org: { company: "Example", title: "Cook" },
  birthday: "1999-12-31",
  addresses: [{ city: "Berlin", countryCode: "de" }],
  emails: [{ email: "zoe@example.com", type: "WORK" }],
  urls: [{ url: "https://example.com", type: "HOME" }],
};
const flow = { flowId: "1", flowCta: "Book", flowToken: "token" };
const navigate = { screen: "FIRST", data: { size: "L" } };
const template = { name: "hello", language: { code: "en" } };

const plain: Row[] = [
  ["a text", (m, to) => m.sendText({ ...to, body: text, previewUrl: true }), shows(screens.text)],
  [
    "an image",
    (m, to) => m.sendImage({ ...to, image: { link: link("a.jpg"), caption: "A *caption*" } }),
    shows(screens.image),
  ],
  [
    "a video",
    (m, to) => m.sendVideo({ ...to, video: { link: link("a.mp4"), caption: "A film" } }),
    shows(screens.video),
  ],
  [
    "a document",
    (m, to) => {
      const document = { link: link("a.pdf"), caption: "A paper", filename: "terms of use.pdf" };
      return m.sendDocument({ ...to, document });
    },
    shows(screens.document),
  ],
  ["an audio file", (m, to) => m.sendAudio({ ...to, audio: { link: link("a.mp3") } }), shows(screens.audio)],
  [
    "a voice note",
    (m, to) => m.sendAudio({ ...to, audio: { link: link("a.ogg"), voice: true } }),
    shows(screens.voice),
  ],
  [
    "a sticker",
    (m, to) => m.sendSticker({ ...to, sticker: { link: link("a.webp") } }),
    shows(screens.sticker),
  ],
  ["a place", (m, to) => m.sendLocation({ ...to, location: screens.place.location }), shows(screens.place)],
  ["contacts", (m, to) => m.sendContacts({ ...to, contacts: [contact] }), shows(screens.contacts)],
  ["a template", (m, to) => m.sendTemplate({ ...to, template }), notCovered],
];

const interactive: Row[] = [
  ["buttons", (m, to) => m.sendInteractiveButtons({ ...to, bodyText, buttons }), shows(screens.buttons)],
  [
    "buttons under a text",
    (m, to) => m.sendInteractiveButtons({ ...to, bodyText, footerText, header, buttons }),
    shows(screens.buttonsUnderText),
  ],
  [
    "buttons under an image",
    (m, to) => {
      const picture = { type: "image", image: { link: link("a.jpg") } } as const;
      return m.sendInteractiveButtons({ ...to, bodyText, footerText, header: picture, buttons });
    },
    shows(screens.buttonsUnderImage),
  ],
  [
    "buttons under a video",
    (m, to) => {
      const film = { type: "video", video: { link: link("a.mp4") } } as const;
      return m.sendInteractiveButtons({ ...to, bodyText, header: film, buttons });
    },
    shows(screens.buttonsUnderVideo),
  ],
  [
    "buttons under a document",
    (m, to) => {
      const paper = { type: "document", document: { link: link("a.pdf") } } as const;
      return m.sendInteractiveButtons({ ...to, bodyText, header: paper, buttons });
    },
    shows(screens.buttonsUnderDocument),
  ],
  [
    "a list",
    (m, to) => m.sendInteractiveList({ ...to, bodyText, footerText, header, buttonText: "Open", sections }),
    shows(screens.list),
  ],
  [
    "a link",
    (m, to) => {
      const parameters = { displayText: "Visit", url: link("x?y=1") };
      return m.sendInteractiveCtaUrl({ ...to, bodyText, footerText, header, parameters });
    },
    shows(screens.link),
  ],
  [
    "a flow that navigates",
    (m, to) => {
      const more = { mode: "published", flowAction: "navigate", flowActionPayload: navigate } as const;
      return m.sendInteractiveFlow({
        ...to,
        bodyText,
        footerText,
        header,
        parameters: { ...flow, ...more },
      });
    },
    shows(screens.flow),
  ],
  [
    "a flow that asks its server",
    (m, to) =>
      m.sendInteractiveFlow({ ...to, bodyText, parameters: { ...flow, flowAction: "data_exchange" } }),
    shows(screens.plainFlow),
  ],
  [
    "an address form",
    (m, to) => {
      const values = { name: "Ana", city: "Pune", inPinCode: "411001" };
      return m.sendInteractiveAddress({ ...to, bodyText, parameters: { country: "IN", values } });
    },
    shows({ text: bodyText, buttons: [{ label: "Provide address", kind: "address" }] }),
  ],
  [
    // Meta's page knows no `parameters` here (location-request-messages, read 2026-11-21), and unknown keys are refused.
    "a request for a place, to which it adds a field of its own",
    (m, to) =>
      m.sendInteractiveLocationRequest({ ...to, bodyText, parameters: { requestMessage: "Where?" } }),
    { refused: { simulator: 100, dropIn: 100 } },
  ],
  [
    "a request for a place, given as Meta's object",
    (m, to) => {
      const action = { name: "send_location" };
      const own = { type: "location_request_message", body: { text: bodyText }, action };
      return m.sendInteractiveRaw({ ...to, interactive: own as never });
    },
    shows(screens.placeRequest),
  ],
  [
    "a catalog",
    (m, to) => {
      const parameters = { thumbnailProductRetailerId: "sku-1" };
      return m.sendInteractiveCatalogMessage({ ...to, bodyText, parameters });
    },
    notCovered,
  ],
  [
    "a product",
    (m, to) => m.sendInteractiveProduct({ ...to, bodyText, catalogId: "1", productRetailerId: "sku-1" }),
    notCovered,
  ],
  [
    "products",
    (m, to) => {
      const goods = [{ title: "Hot", productItems: [{ productRetailerId: "sku-1" }] }];
      return m.sendInteractiveProductList({ ...to, bodyText, header, catalogId: "1", sections: goods });
    },
    notCovered,
  ],
  [
    "a request to call",
    (m, to) =>
      m.sendInteractiveCallPermission({ ...to, bodyText, parameters: { phoneNumber: "+15550009999" } }),
    notCovered,
  ],
];

const cards = [0, 1];
const file = (name: string) => ({ link: link(name) });
const cardView = (card: number, type: string, name: string, button: object) => ({
  media: { type, ...file(`${card}.${name}`) },
  text: `Card ${card}`,
  buttons: [button],
});

const carousels: Row[] = [
  [
    "a carousel of links",
    (m, to) => {
      const made = cards.map((cardIndex) => ({
        cardIndex,
        header: { type: "image" as const, image: file(`${cardIndex}.jpg`) },
        bodyText: `Card ${cardIndex}`,
        action: { displayText: "See", url: link(String(cardIndex)) },
      }));
      return m.sendInteractiveCarousel({ ...to, bodyText, cards: made });
    },
    shows({
      text: bodyText,
      cards: cards.map((card) =>
        cardView(card, "image", "jpg", { label: "See", kind: "url", url: link(String(card)) }),
      ),
    }),
  ],
  [
    "a carousel of quick replies",
    (m, to) => {
      const made = cards.map((cardIndex) => ({
        cardIndex,
        header: { type: "video" as const, video: file(`${cardIndex}.mp4`) },
        bodyText: `Card ${cardIndex}`,
        action: { buttons: [{ id: `pick-${cardIndex}`, title: "Pick" }] },
      }));
      return m.sendInteractiveCarousel({ ...to, bodyText, cards: made });
    },
    shows({
      text: bodyText,
      cards: cards.map((card) => cardView(card, "video", "mp4", { label: "Pick", kind: "reply" })),
    }),
  ],
];

/** Every kind of message that @kapso/whatsapp-cloud-api 0.3.0 builds; reactions need a message to react to. */
export const sendings: Sending[] = [...plain, ...interactive, ...carousels].map(([what, send, outcome]) => ({
  what,
  send: ({ url, token, phoneNumberId, to }) =>
    sentBy(send(kapso({ url, token }).messages, { phoneNumberId, to })),
  outcome,
}));
