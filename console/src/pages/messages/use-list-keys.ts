import { type RefObject, useCallback, useEffect, useState } from "react";
import type { Message } from "../../api/messages.ts";
import { areSingleKeysOn } from "../../kept/single-keys.ts";

interface Listed {
  messages: readonly Message[];
  openId?: string;
  onOpen: (id: string) => void;
  onClose: () => void;
  show: (index: number) => void;
}

/** What both React's and the browser's own event of a key has. */
type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "preventDefault">;

const pageRows = 10;

const steps: Record<string, number> = {
  j: 1,
  ArrowDown: 1,
  k: -1,
  ArrowUp: -1,
  PageDown: pageRows,
  PageUp: -pageRows,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Which row the keys are on: j, k and the arrows move, Enter opens, Escape closes what is open. */
export function useListKeys({ messages, openId, onOpen, onClose, show }: Listed) {
  const [active, setActive] = useState(openId);
  useEffect(() => {
    if (openId !== undefined) setActive(openId);
  }, [openId]);
  const onKeyDown = useCallback(
    (event: Key) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = steps[event.key];
      if (step !== undefined) {
        const at = messages.findIndex(({ id }) => id === active);
        const to =
          at < 0 && Number.isFinite(step) ? 0 : Math.min(Math.max(at + step, 0), messages.length - 1);
        setActive(messages[to]?.id);
        show(to);
      } else if (event.key === "Enter" && active !== undefined) onOpen(active);
      else if (event.key === "Escape") onClose();
      else return;
      event.preventDefault();
    },
    [messages, active, onOpen, onClose, show],
  );
  return { active, onKeyDown };
}

/**
 * The keys that move lead into the list from wherever nothing else needs them, as from the page's heading, where the
 * focus is when the page has been opened: nobody has to find the list first.
 */
export function useKeysFromPage(list: RefObject<HTMLElement | null>, onKeyDown: (event: Key) => void): void {
  useEffect(() => {
    const lead = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isForList(event) || list.current?.contains(event.target as Node)) return;
      list.current?.focus({ preventScroll: true });
      onKeyDown(event);
    };
    window.addEventListener("keydown", lead);
    return () => window.removeEventListener("keydown", lead);
  }, [list, onKeyDown]);
}

/** Letters, unless something is typed or asked; arrows, where they would scroll the page. */
function isForList({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || document.querySelector("[role=dialog], [role=menu]")) return false;
  if (key === "j" || key === "k")
    return areSingleKeysOn() && target.closest("input, textarea, select, [contenteditable]") === null;
  return (key === "ArrowDown" || key === "ArrowUp") && target.matches("body, main, main h1");
}
