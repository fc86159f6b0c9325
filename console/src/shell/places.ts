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

/** The page that an address belongs to; undefined: there is none. */
export function pageAt(location: string): PageName | undefined {
  const steps = stepsOf(location);
  const isAt = (path: string) =>
    stepsOf(path).length === steps.length && (stepsOf(path)[0] ?? "") === (steps[0] ?? "");
  return pages.find(({ paths }) => paths.some(isAt))?.name;
}

const stepsOf = (path: string) => path.split("/").filter(Boolean);
