import { useRef } from "react";
import { phones as words } from "../texts/phones.ts";
import { useBubble } from "./bubble-context.ts";
import styles from "./cards-view.module.css";
import { ControlButtons } from "./control-buttons.tsx";
import { Glyph } from "./glyph.tsx";
import { MarkedText } from "./marked-text.tsx";
import { MediaView } from "./media-view.tsx";
import { usePhone } from "./phone-context.ts";
import type { Card, Part } from "./screen.ts";

type CardsPart = Extract<Part, { kind: "cards" }>;

/** Pixels between two cards, as the style says. */
const gap = 8;

const isBox = (element: Element | undefined): element is HTMLElement => element instanceof HTMLElement;

/** Cards side by side, which scroll and snap; arrows move them for whoever has no finger on the glass. */
export function CardsView({ look, cards }: CardsPart) {
  const strip = useRef<HTMLUListElement>(null);
  const goal = useRef(0);
  const bubble = useBubble();
  const { act } = usePhone();
  function move(by: number): void {
    goal.current = Math.min(Math.max(goal.current + by, 0), cards.length - 1);
    const [first, target] = [strip.current?.children[0], strip.current?.children[goal.current]];
    if (!isBox(first) || !isBox(target)) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const left = target.offsetLeft - first.offsetLeft;
    strip.current?.scrollTo({ left, behavior: isCalm ? "instant" : "smooth" });
  }
  function scrolled(): void {
    const first = strip.current?.children[0];
    if (!isBox(first)) return;
    goal.current = Math.round(Math.abs(strip.current!.scrollLeft) / (first.offsetWidth + gap));
    act({ act: "scroll", bubble, card: goal.current });
  }
  return (
    <div className={styles.frame} data-look={look}>
      <ul ref={strip} className={styles.strip} onScrollEnd={scrolled} aria-label={words.ours.cards}>
        {cards.map((card, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a card is known by its place
            key={index}
            className={styles.card}
            aria-label={`${words.ours.card} ${index + 1} ${words.ours.of} ${cards.length}`}
          >
            <CardView card={card} look={look} />
          </li>
        ))}
      </ul>
      {cards.length > 1 && (
        <>
          <Arrow side="left" label={words.ours.previous} onClick={() => move(-1)} />
          <Arrow side="right" label={words.ours.next} onClick={() => move(1)} />
        </>
      )}
    </div>
  );
}

function CardView({ card, look }: { card: Card; look: CardsPart["look"] }) {
  const { media, title, text, controls } = card;
  return (
    <>
      {media && <MediaView media={media} inCard />}
      {(title !== undefined || text) && (
        <div className={styles.words}>
          {title !== undefined && (
            <div className={styles.title} dir="auto">
              {title}
            </div>
          )}
          {text && (
            <div className={styles.text}>
              <MarkedText text={text} />
            </div>
          )}
        </div>
      )}
      {controls.length > 0 && (
        <div className={styles.controls}>
          <ControlButtons
            look={look === "carousel" ? "buttons" : "template"}
            controls={controls}
            rows={controls.map((_, index) => [index])}
          />
        </div>
      )}
    </>
  );
}

function Arrow({ side, label, onClick }: { side: "left" | "right"; label: string; onClick(): void }) {
  return (
    <button type="button" className={`${styles.arrow} ${styles[side]}`} aria-label={label} onClick={onClick}>
      <Glyph name={side} size={18} />
    </button>
  );
}
