import { useEffect, useRef } from "react";
import { areSingleKeysOn } from "../kept/single-keys.ts";
import { pages } from "../pages/pages.tsx";
import { places } from "./places.ts";

const chordMs = 1_500;

interface Actions {
  go: (path: string) => void;
  onHelp: () => void;
}

/**
 * The keys of the console: `/` to the page's search, `c` to compose, `?` for help, `g` and a letter to a page. None of
 * them where something is typed or a dialog is open, none with a modifier, those are the browser's, and none where they are
 * switched off.
 */
export function useKeyboard(actions: Actions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (!areSingleKeysOn()) return;
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const { go, onHelp } = latest.current;
      const isChord = event.timeStamp < chordUntil;
      chordUntil = event.key === "g" && !isChord ? event.timeStamp + chordMs : 0;
      const page = isChord && pages.find(({ name }) => places[name].letter === event.key);
      if (page) go(page.paths[0]);
      else if (isChord) return;
      else if (event.key === "c") go("/compose");
      else if (event.key === "?") onHelp();
      else if (event.key === "/") {
        if (!focusSearch()) return;
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function isTaken({ target, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented || document.querySelector("[role=dialog], [role=alertdialog], [role=menu]"))
    return true;
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

/** A page's search is its `<input type="search">`, or what it marks with `data-search`. */
function focusSearch(): boolean {
  const search = document.querySelector<HTMLElement>("main input[type=search], main [data-search]");
  search?.focus();
  if (search instanceof HTMLInputElement) search.select();
  return search !== null;
}
