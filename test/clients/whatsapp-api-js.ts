import * as msg from "whatsapp-api-js/messages";
import { WhatsAppAPI } from "whatsapp-api-js/middleware/node-http";
import type { ClientMessage } from "whatsapp-api-js/types";
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

/** The client as it is. It has no base URL; its own option `ponyfill.fetch` is the way to send it elsewhere. */
export function whatsappApiJs(
  { url, token }: Pick<Desk, "url" | "token">,
  secrets: { appSecret?: string; webhookVerifyToken?: string } = {},
): WhatsAppAPI {
  const elsewhere: typeof fetch = (input, init) =>
    fetch(String(input).replace("https://graph.facebook.com", url), init);
  const { appSecret = "unused", webhookVerifyToken = "unused" } = secrets;
  return new WhatsAppAPI({
    token,
    v: "v25.0",
    appSecret,
    webhookVerifyToken,
    ponyfill: { fetch: elsewhere },
  });
}

/** This client hands refusals back as they come. */
export function sentOf(answer: Loose): Sent {
  if (!answer.error) return { id: answer.messages[0].id };
  return { code: answer.error.code, details: answer.error.error_data?.details };
}

const body = new msg.Body(bodyText);
const footer = new msg.Footer(footerText);
const textHeader = new msg.Header("Drinks");
const taps = new msg.ActionButtons(new msg.Button("yes", "Yes"), new msg.Button("no", "No"));
const tea = new msg.Row("tea", "Tea", "Green");
const hot = new msg.ListSection("Hot", tea, new msg.Row("coffee", "Coffee"));
const cold = new msg.ListSection("Cold", new msg.Row("water", "Water"));
const untitled = new msg.ListSection(undefined, new msg.Row("tea", "Tea"));
const goods = new msg.ProductSection("Hot", new msg.Product("sku-1"));
const contact = [
  new msg.Name("Zoë Quint", "Zoë", "Quint"),
  new msg.Phone("+1 555 000 9999", "CELL", "15550009999"),
  new msg.Email("zoe@example.com", "WORK"),
  new msg.Url("https://example.com", "HOME"),
  new msg.Address("Germany", "de", "BE", "Berlin", "Hauptstr. 1", "10115", "WORK"),
  new msg.Organization("Example", "Kitchen", "Cook"),
  new msg.Birthday("1999", "12", "31"),
] as const;

const plain: [what: string, message: ClientMessage, outcome: Sending["outcome"]][] = [
  ["a text", new msg.Text(text, true), shows(screens.text)],
  ["an image", new msg.Image(link("a.jpg"), false, "A *caption*"), shows(screens.image)],
  ["a video", new msg.Video(link("a.mp4"), false, "A film"), shows(screens.video)],
  [
    "a document",
    new msg.Document(link("a.pdf"), false, "A paper", "terms of use.pdf"),
    shows(screens.document),
  ],
  ["an audio file", new msg.Audio(link("a.mp3")), shows(screens.audio)],
  ["a voice note", new msg.Audio(link("a.ogg"), false, true), shows(screens.voice)],
  ["a sticker", new msg.Sticker(link("a.webp")), shows(screens.sticker)],
  ["a place", new msg.Location(13.4, 52.5, "Museum", "Hauptstr. 2"), shows(screens.place)],
  ["contacts, which it writes as JSON text", new msg.Contacts([...contact]), shows(screens.contacts)],
  ["a template", msg.Template.OTP("code", "en", "123456"), notCovered],
];

const { Interactive } = msg;
const above = (file: "image" | "video" | "document") => {
  if (file === "image") return new msg.Header(new msg.Image(link("a.jpg")));
  return new msg.Header(file === "video" ? new msg.Video(link("a.mp4")) : new msg.Document(link("a.pdf")));
};
const visit = new msg.ActionCTA("Visit", link("x?y=1"));
const navigate = new msg.ActionNavigateFlow("token", "1", "Book", "FIRST", { size: "L" });
const catalogProduct = new msg.CatalogProduct("sku-1", "catalog-1");

const interactive: typeof plain = [
  ["buttons", new Interactive(taps, body), shows(screens.buttons)],
  ["buttons under a text", new Interactive(taps, body, textHeader, footer), shows(screens.buttonsUnderText)],
  [
    "buttons under an image",
    new Interactive(taps, body, above("image"), footer),
    shows(screens.buttonsUnderImage),
  ],
  ["buttons under a video", new Interactive(taps, body, above("video")), shows(screens.buttonsUnderVideo)],
  [
    "buttons under a document",
    new Interactive(taps, body, above("document")),
    shows(screens.buttonsUnderDocument),
  ],
  [
    "a list",
    new Interactive(new msg.ActionList("Open", hot, cold), body, textHeader, footer),
    shows(screens.list),
  ],
  [
    "a list of one untitled section",
    new Interactive(new msg.ActionList("Open", untitled), body),
    shows(screens.untitledList),
  ],
  ["a link", new Interactive(visit, body, textHeader, footer), shows(screens.link)],
  ["a request for a place", new Interactive(new msg.ActionLocation(), body), shows(screens.placeRequest)],
  ["a flow that navigates", new Interactive(navigate, body, textHeader, footer), shows(screens.flow)],
  [
    "a flow that asks its server",
    new Interactive(new msg.ActionDataExchangeFlow("token", "1", "Book"), body),
    shows(screens.plainFlow),
  ],
  ["a catalog", new Interactive(new msg.ActionCatalog(new msg.Product("sku-1")), body), notCovered],
  ["a product", new Interactive(new msg.ActionProduct(catalogProduct), body), notCovered],
  ["products", new Interactive(new msg.ActionProductList("catalog-1", goods), body, textHeader), notCovered],
  ["a request to call", new Interactive(new msg.ActionCallPermission(), body), notCovered],
  ["a request for contact details", new Interactive(new msg.ActionContactRequest(), body), notCovered],
];

/** Every kind of message that whatsapp-api-js 6.3.0 builds; reactions need a message to react to. */
export const sendings: Sending[] = [...plain, ...interactive].map(([what, message, outcome]) => ({
  what,
  send: async (desk) => sentOf(await whatsappApiJs(desk).sendMessage(desk.phoneNumberId, desk.to, message)),
  outcome,
}));
