import { type UIEvent, useCallback, useLayoutEffect, useRef, useState } from "react";

const nearPx = 40;

/**
 * A thread shows its end, and stays there as messages come; who reads further up is not moved, also when earlier ones
 * are put above: then it tells how many are new.
 */
export function useFollowing(ids: readonly string[]) {
  const ref = useRef<HTMLElement>(null);
  const seen = useRef({ first: "", last: "", height: 0, isAtEnd: true });
  const [fresh, setFresh] = useState(0);
  const [first = "", last = ""] = [ids[0], ids.at(-1)];
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the reader stands changes with the ends alone
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const { current: before } = seen;
    if (before.isAtEnd) element.scrollTop = element.scrollHeight;
    else if (before.first !== first) element.scrollTop += element.scrollHeight - before.height;
    if (!before.isAtEnd && before.last !== last) setFresh(ids.length - 1 - ids.indexOf(before.last));
    seen.current = { ...before, first, height: element.scrollHeight, ...(before.isAtEnd && { last }) };
  }, [first, last]);
  const onScroll = useCallback(
    ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: UIEvent<HTMLElement>) => {
      const isAtEnd = scrollHeight - scrollTop - clientHeight < nearPx;
      seen.current = { ...seen.current, isAtEnd, height: scrollHeight, ...(isAtEnd && { last }) };
      if (isAtEnd) setFresh(0);
    },
    [last],
  );
  const toEnd = useCallback(() => {
    ref.current?.scrollTo({ top: ref.current.scrollHeight });
    ref.current?.focus();
  }, []);
  return { ref, onScroll, fresh, toEnd };
}
