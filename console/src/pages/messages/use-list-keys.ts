import { type KeyboardEvent, useCallback, useEffect, useState } from "react";
import type { Message } from "../../api/messages.ts";

interface Listed {
  messages: readonly Message[];
  openId?: string;
  onOpen: (id: string) => void;
  onClose: () => void;
  show: (index: number) => void;
}

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
    (event: KeyboardEvent) => {
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
