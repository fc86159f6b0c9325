/** Where a link stands in a text: UTF-16 offsets, `end` not included. */
export interface Stretch {
  start: number;
  end: number;
}

/** A web address begins at its `http`, whatever is glued to it: there the apps that show it find it. */
const link =
  /(?:https?:\/\/|(?<![\p{L}\p{N}])(?![a-z0-9+.-]{0,20}https?:\/\/)[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)[^\s\u2066-\u2069]+|(?<![\p{L}\p{N}.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}\/[^\s\u2066-\u2069]*/giu;
/** What follows a link in a sentence, or closes the markup around it, is not part of it. */
const afterLink = /(?<![.,;:!?'"*_~`)\]}>])[.,;:!?'"*_~`)\]}>]+$/u;

/** The links of a text: with a scheme, with `www.`, or a host with a path. */
export function links(text: string): Stretch[] {
  // Every kind of link holds one of these, and most texts hold none.
  if (!text.includes("/") && !/www\./i.test(text)) return [];
  return Array.from(text.matchAll(link), (match) => ({
    start: match.index,
    end: match.index + match[0].replace(afterLink, "").length,
  }));
}

/** The last name in a URL's path, decoded: what a file is called that comes from there. */
export function fileNameOf(url: string): string {
  const name = URL.parse(url)?.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
