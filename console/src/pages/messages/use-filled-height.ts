import { type RefObject, useLayoutEffect } from "react";

const leastHeight = 320;
/** Below it stands a line of help. */
const below = 48;

/** Makes something that scrolls as high as what is left of the window below its place, whatever stands above. */
export function useFilledHeight(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const fill = () => {
      const top = element.getBoundingClientRect().top + window.scrollY;
      element.style.height = `${Math.max(leastHeight, Math.floor(window.innerHeight - top - below))}px`;
    };
    fill();
    const observer = new ResizeObserver(fill);
    observer.observe(document.documentElement);
    const page = element.closest("main");
    if (page) observer.observe(page);
    window.addEventListener("resize", fill);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", fill);
    };
  }, [ref]);
}
