import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { texts } from "../texts/texts.ts";
import styles from "./scrolled-list.module.css";

interface ScrolledListProps {
  className?: string;
  label?: string;
  /** Its items, each an `li`. */
  children: ReactNode;
}

/** A list that may be too long for its place: it says how many items lie below what is seen, and scrolls. */
export function ScrolledList({ className, label, children }: ScrolledListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [below, setBelow] = useState(0);
  const count = () => list.current && setBelow(itemsBelow(list.current));
  // Each time: what is in it is not told otherwise.
  useLayoutEffect(() => {
    count();
    const watch = new ResizeObserver(count);
    watch.observe(list.current!);
    return () => watch.disconnect();
  });
  return (
    <div className={styles.around}>
      <ul ref={list} className={className} aria-label={label} onScroll={count}>
        {children}
      </ul>
      {/* Who does not see hears all of them. */}
      {below > 0 && (
        <span className={styles.below} aria-hidden="true" data-below={below}>
          {texts.controls.below(below)}
        </span>
      )}
    </div>
  );
}

/** How many are not seen to more than their half. */
function itemsBelow(list: HTMLElement): number {
  const end = list.getBoundingClientRect().bottom;
  return [...list.children].filter((item) => {
    const { top, bottom } = item.getBoundingClientRect();
    return bottom > end + 1 && (top + bottom) / 2 > end;
  }).length;
}
