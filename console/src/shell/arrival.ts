import { useEffect, useRef } from "react";
import { texts } from "../texts/texts.ts";

/** Names the window after the page, and has whoever does not see hear its heading when another page is opened. */
export function useArrival(name: string | undefined, title: string): void {
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title} · ${texts.title}`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each other page is an arrival
  useEffect(() => {
    window.scrollTo(0, 0);
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    return whenThere("main h1", (heading) => {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    });
  }, [name]);
}

/** The page's script may be on its way. */
function whenThere(selector: string, then: (element: HTMLElement) => void): () => void {
  const look = () => {
    const element = document.querySelector<HTMLElement>(selector);
    // That of the page before stays, hidden, until the next one's script is there.
    if (element?.checkVisibility()) {
      changes.disconnect();
      then(element);
    }
  };
  const changes = new MutationObserver(look);
  changes.observe(document.body, { childList: true, subtree: true, attributes: true });
  look();
  return () => changes.disconnect();
}
