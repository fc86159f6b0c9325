import type { Step } from "../../src/core/adaptation.ts";
import type { PlatformName } from "../../src/core/platform.ts";
import type { ScreenMedia } from "../../src/core/simulation.ts";
import type { Shown } from "../support/stage.ts";
import { linksIn, type Needle, Page, squeezed } from "./legible.ts";
import type { Wanted } from "./wanted.ts";

/** As what a platform may show a medium. */
const shownAs: Record<string, readonly string[]> = {
  image: ["image"],
  video: ["video"],
  audio: ["audio", "voice"],
  document: ["document", "file"],
  sticker: ["sticker", "image"],
};

interface Told {
  /** All that was sent, as text. */
  sent: string;
  platform: PlatformName;
  /** The ledger's. */
  steps: readonly Step[];
}

/** Links that are longer than any message of the platform's, by its own page: not even one to itself holds them. */
const isTooLong: Partial<Record<PlatformName, (link: string) => boolean>> = {
  messenger: (link) => [...link].length >= 2000,
  instagram: (link) => Buffer.byteLength(link) > 1000,
};

/** Sentences about what of the wanted content cannot be found on a screen. */
export function missing(wanted: Wanted, screen: readonly Shown[], told: Told): string[] {
  return [
    ...missingTexts(wanted, screen),
    ...missingMedia(wanted, screen, told),
    ...missingUrls(wanted, screen),
    ...brokenLinks(wanted, screen, told),
    ...missingPlace(wanted, screen),
    ...wanted.details
      .filter((detail) => !squeezed(told.sent + fields(screen).join("")).includes(squeezed(detail)))
      .map((detail) => `the contact's ${JSON.stringify(detail)}`),
  ];
}

/** Every field of text on a screen, from the top. */
function fields(screen: readonly Shown[]): string[] {
  const all = screen.flatMap((message) => [
    message.header,
    message.text,
    message.footer,
    message.poll?.question,
    message.poll?.description,
    ...(message.poll?.options ?? []).map(({ text }) => text),
    message.location?.name,
    message.location?.address,
    ...(message.contacts ?? []).flatMap(({ name, phones }) => [name, ...phones]),
    ...(message.list?.sections ?? []).flatMap(({ title, rows }) => [
      title,
      ...rows.flatMap((row) => [row.title, row.description]),
    ]),
    ...(message.cards ?? []).flatMap(({ title, text, buttons }) => [
      title,
      text,
      ...buttons.map(({ label }) => label),
    ]),
    ...(message.buttons ?? []).map(({ label }) => label),
  ]);
  return all.filter((text) => text !== undefined);
}

/** Between two fields stands a sign of no text, but not where one text may go on: in the next bubble, in a card. */
function pageOf(message: Shown): string {
  const { text, cards, ...rest } = message;
  const drawn = (cards ?? []).map(({ title, text: more, buttons }) =>
    [`${title ?? ""}${more ?? ""}`, ...buttons.map(({ label }) => label)].join(apart),
  );
  const others = [...fields([{ ...rest, header: undefined } as Shown]), ...drawn];
  const header = message.header === undefined ? "" : `${message.header}${apart}`;
  return `${header}${text ?? ""}${others.map((other) => apart + other).join("")}${others.length > 0 ? apart : ""}`;
}

const apart = "\u0001";

/** How often the texts are laid out anew before one counts as missing. */
const layouts = 20;

/**
 * Every text must have a place of its own, so the longest are laid first: a short one may stand inside a long one.
 * Where texts look alike ("a a" above "a a a"), those that found no place go first next time.
 */
function missingTexts({ texts }: Wanted, screen: readonly Shown[]): string[] {
  const whole = screen.map(pageOf).join("");
  const size = (needles: readonly Needle[]) => needles.reduce((sum, { text }) => sum + text.length, 0);
  let order = texts.toSorted((one, other) => size(other) - size(one));
  let left: Needle[][] = [];
  for (let round = 0; round < layouts; round++) {
    const page = new Page(whole);
    left = order.filter((needles) => !page.take(needles));
    if (left.length === 0) return [];
    order = [...left, ...order.filter((needles) => !left.includes(needles))];
  }
  return left.map((needles) => `the text ${JSON.stringify(needles.map(({ text }) => text).join(" + "))}`);
}

/** Whether the ledger has this step for this place, or for what holds it. */
function tells({ steps }: Told, rule: string, path: string): boolean {
  return steps.some((step) => step.rule === rule && `${path}/`.startsWith(`${step.path}/`));
}

function missingMedia({ media }: Wanted, screen: readonly Shown[], told: Told): string[] {
  const shown = screen.flatMap((message) => [
    message.media,
    ...(message.cards ?? []).map((card) => card.media),
  ]);
  const left = shown.filter((medium) => medium !== undefined);
  const texts = fields(screen);
  return media.flatMap(({ path, kind, media: { link, id } }) => {
    const isIt = (medium: ScreenMedia) =>
      shownAs[kind]!.includes(medium.type) && (link === undefined ? medium.id === id : medium.link === link);
    const at = left.findIndex(isIt);
    if (at >= 0) left.splice(at, 1);
    if (at >= 0) return [];
    const isInText = link !== undefined && texts.some((text) => hasLink(text, link));
    return isInText && tells(told, "media_as_link", path) ? [] : [`the ${kind} ${link ?? id}`];
  });
}

/** Whole, and with nothing behind it that a client would take for a part of it. */
function hasLink(text: string, link: string): boolean {
  return text
    .split(/[\s\u2066-\u2069]+/)
    .some((word) => word === link || linksIn(word).some((found) => found.link === link));
}

/** What a button is to open opens, or stands in the text. */
function missingUrls({ urls }: Wanted, screen: readonly Shown[]): string[] {
  const all = fields(screen);
  const buttons = screen.flatMap((message) => [
    ...(message.buttons ?? []),
    ...(message.cards ?? []).flatMap((card) => card.buttons),
  ]);
  const unopened = urls.filter(
    ({ label, url }) =>
      !buttons.some(
        (button) => button.kind === "url" && button.url === url && squeezed(button.label) === squeezed(label),
      ) && !all.some((text) => text.includes(url)),
  );
  return unopened.map(({ url }) => `the URL ${url}`);
}

/** The links of texts that no field shows in one piece; in a template's card nothing that is written opens. */
function brokenLinks({ texts }: Wanted, screen: readonly Shown[], told: Told): string[] {
  const all = fields(screen);
  const dead = (message: Shown) => message.cards?.some(({ title }) => title !== undefined);
  const opening = fields(screen.filter((message) => !dead(message)));
  const broken = texts.flat().flatMap(({ path, text, isMarkup }) => {
    const where = isMarkup ? opening : all;
    return linksIn(text).filter(
      ({ link }) => !where.some((field) => field.includes(link)) && !isToldAsCut(link, path, told),
    );
  });
  return broken.map(({ link }) => `the link ${link} in one piece`);
}

/** All of an interactive message's text may be drawn as one, which goes by the name of its body. */
function isToldAsCut(link: string, path: string, told: Told): boolean {
  const places = path.startsWith("/content/interactive/") ? [path, "/content/interactive/body"] : [path];
  const isTold = places.some((place) => tells(told, "link_length", place));
  return isTold && isTooLong[told.platform]?.(link) === true;
}

function missingPlace({ place }: Wanted, screen: readonly Shown[]): string[] {
  if (!place) return [];
  const { latitude, longitude } = place;
  const isShown = screen.some(
    ({ location, text }) =>
      (location?.latitude === latitude && location.longitude === longitude) ||
      (text?.includes(String(latitude)) && text.includes(String(longitude))),
  );
  return isShown ? [] : [`the place ${latitude}, ${longitude}`];
}
