import type { IconName } from "../controls/icon.tsx";
import { type PageEntry, pages } from "../pages/pages.tsx";

type PageName = PageEntry["name"];

interface Place {
  icon: IconName;
  /** Behind `g`. */
  letter: string;
}

/** How each page stands in the menu. */
export const places: Record<PageName, Place> = {
  overview: { icon: "overview", letter: "o" },
  compose: { icon: "compose", letter: "c" },
  phones: { icon: "phones", letter: "p" },
  messages: { icon: "messages", letter: "m" },
  conversations: { icon: "conversations", letter: "v" },
  channels: { icon: "channels", letter: "h" },
  endpoints: { icon: "endpoints", letter: "e" },
  keys: { icon: "keys", letter: "k" },
};

/** The page that an address belongs to. */
export function pageAt(location: string): PageName | undefined {
  const first = location.split("/")[1] ?? "";
  if (first === "") return "overview";
  return pages.find(({ paths }) => paths[0] === `/${first}`)?.name;
}
