import { type RefObject, useEffect, useState } from "react";
import { Button } from "../../controls/button.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./phones-pane.module.css";

const { jump: words } = texts.compose;

interface JumpProps {
  written: RefObject<HTMLElement | null>;
  phones: RefObject<HTMLElement | null>;
}

/** Where the phones stand below what is written: from the one to the other, and back. */
export function Jump({ written, phones }: JumpProps) {
  const arePhonesSeen = useIsSeen(phones);
  const to = arePhonesSeen ? written : phones;
  return (
    <div className={styles.jump}>
      <Button
        icon={arePhonesSeen ? "chevron-up" : "chevron-down"}
        onClick={() => {
          to.current?.scrollIntoView({ block: "start", behavior: "smooth" });
          to.current?.focus({ preventScroll: true });
        }}
      >
        {arePhonesSeen ? words.back : words.there}
      </Button>
    </div>
  );
}

/** Whether the upper half of the window shows any of it. */
function useIsSeen(place: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: "0px 0px -50% 0px",
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [place]);
  return isSeen;
}
