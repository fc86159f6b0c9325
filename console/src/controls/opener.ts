import { useState } from "react";

/** What opened a dialog has the focus as it opens; an item of a menu goes with its menu, and its button stays. */
function whatHasFocus(): HTMLElement | null {
  const menu = document.activeElement?.closest("[role=menu]");
  const button = menu && document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
  return button ?? (document.activeElement as HTMLElement | null);
}

/** The page's heading: where one goes on when what had the focus is gone. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>("main h1")?.focus();
}

/** Gives the focus back to what opened a dialog, or to the page's heading where that is gone or was nothing. */
export function useOpener(open: boolean): () => void {
  const [known, setKnown] = useState<{ open: boolean; opener: HTMLElement | null }>({
    open: false,
    opener: null,
  });
  // While it is drawn: a field that takes the focus itself has it before any effect.
  if (known.open !== open) setKnown({ open, opener: open ? whatHasFocus() : known.opener });
  return () => {
    const { opener } = known;
    if (opener !== document.body) opener?.focus();
    if (opener === document.body || document.activeElement !== opener) focusHeading();
  };
}
