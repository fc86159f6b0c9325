// biome-ignore lint/suspicious/noExplicitAny: a client's own answer, and what a test expects of it
export type Loose = any;

/** What came of one message: its id, or Graph's refusal as the client gives it. */
export type Sent = { id: string } | { code: number; details?: string };

/** Where the business writes from, and the person it writes to. */
export interface Desk {
  /** In place of https://graph.facebook.com. */
  url: string;
  token: string;
  phoneNumberId: string;
  to: string;
}

/** Graph's error codes for one body: by the simulator, and by the gateway's drop-in. */
export interface Codes {
  simulator: number;
  dropIn: number;
}

/** One kind of message that a client can build, and what comes of it. */
export interface Sending {
  what: string;
  send(desk: Desk): Promise<Sent>;
  /** What the person sees, beside id and sender; or why it is refused. */
  outcome: { shows: Loose } | { refused: Codes };
}

export const shows = (view: Loose): Sending["outcome"] => ({ shows: view });
/** What neither the simulator imitates nor the gateway sends: commerce, calling, templates. */
export const notCovered: Sending["outcome"] = { refused: { simulator: 100, dropIn: 131009 } };

/** What every client below says. */
export const text = "See https://example.com äöü 🎉";
export const bodyText = "Tea or *coffee*?";
export const footerText = "Pick one";
export const link = (name: string) => `https://example.com/${name}`;

const media = (type: string, name: string, more: object = {}) => ({
  media: { type, link: link(name), ...more },
});
const replies = ["Yes", "No"].map((label) => ({ label, kind: "reply" }));
const opener = { label: "Open", kind: "list" };

/** What the person sees of the messages that all clients can build, by their names. */
export const screens = {
  text: { text },
  image: { ...media("image", "a.jpg"), text: "A *caption*" },
  video: { ...media("video", "a.mp4"), text: "A film" },
  document: { ...media("document", "a.pdf", { filename: "terms of use.pdf" }), text: "A paper" },
  audio: media("audio", "a.mp3"),
  voice: media("audio", "a.ogg", { voice: true }),
  sticker: media("sticker", "a.webp"),
  place: { location: { latitude: 52.5, longitude: 13.4, name: "Museum", address: "Hauptstr. 2" } },
  contacts: { contacts: [{ name: "Zoë Quint", phones: ["+1 555 000 9999"] }] },
  buttons: { text: bodyText, buttons: replies },
  buttonsUnderText: { header: "Drinks", text: bodyText, footer: footerText, buttons: replies },
  buttonsUnderImage: { ...media("image", "a.jpg"), text: bodyText, footer: footerText, buttons: replies },
  buttonsUnderVideo: { ...media("video", "a.mp4"), text: bodyText, buttons: replies },
  buttonsUnderDocument: { ...media("document", "a.pdf"), text: bodyText, buttons: replies },
  list: {
    header: "Drinks",
    text: bodyText,
    footer: footerText,
    buttons: [opener],
    list: {
      button: "Open",
      sections: [
        { title: "Hot", rows: [{ title: "Tea", description: "Green" }, { title: "Coffee" }] },
        { title: "Cold", rows: [{ title: "Water" }] },
      ],
    },
  },
  untitledList: {
    text: bodyText,
    buttons: [opener],
    list: { button: "Open", sections: [{ rows: [{ title: "Tea" }] }] },
  },
  link: {
    header: "Drinks",
    text: bodyText,
    footer: footerText,
    buttons: [{ label: "Visit", kind: "url", url: link("x?y=1") }],
  },
  placeRequest: { text: bodyText, buttons: [{ label: "Send location", kind: "location" }] },
  flow: {
    header: "Drinks",
    text: bodyText,
    footer: footerText,
    buttons: [{ label: "Book", kind: "flow" }],
  },
  plainFlow: { text: bodyText, buttons: [{ label: "Book", kind: "flow" }] },
};
