import { memo } from "react";
import { phones as words } from "../texts/phones.ts";
import { BubbleContext } from "./bubble-context.ts";
import styles from "./bubble-view.module.css";
import { CardsView } from "./cards-view.tsx";
import { ControlButtons } from "./control-buttons.tsx";
import { Glyph } from "./glyph.tsx";
import { ListView } from "./list-view.tsx";
import { MarkedText } from "./marked-text.tsx";
import { MediaView } from "./media-view.tsx";
import { usePhone } from "./phone-context.ts";
import { ContactsView, PlaceView } from "./place-view.tsx";
import { PollView } from "./poll-view.tsx";
import { ReactButton } from "./react-button.tsx";
import type { Bubble, Part } from "./screen.ts";
import { TextPart } from "./text-part.tsx";

interface BubbleProps {
  bubble: Bubble;
  /** Whether the one before is of the same side: then it has no tail. */
  follows: boolean;
}

/** Telegram's buttons stand below the bubble, as wide as it is. */
function isBelow(part: Part): boolean {
  return part.kind === "controls" && part.look === "keyboard";
}

/** The time stands with the words, over the buttons. */
function isAtFoot(part: Part): boolean {
  return part.kind === "list" || part.kind === "controls";
}

function isSticker(part: Part): boolean {
  return part.kind === "media" && part.media.type === "sticker";
}

/** One message. Equal ones are not drawn again: four phones follow every key. */
export const BubbleView = memo(function BubbleView({ bubble, follows }: BubbleProps) {
  const { id, from, parts, reactions } = bubble;
  const [first] = parts;
  if (first?.kind === "service") return <li className={styles.service}>{words.service[first.service]}</li>;
  const cards = parts.filter((part) => part.kind === "cards");
  return (
    <BubbleContext value={id}>
      <li className={styles.message} data-from={from} data-follows={follows} data-bubble={id}>
        <span className={styles.hidden}>{from === "business" ? words.ours.business : words.ours.person}</span>
        {cards.length < Math.max(parts.length, 1) && <Column bubble={bubble} />}
        {reactions && (
          <div className={styles.reactions}>
            {reactions.map(({ from: who, emoji }) => (
              <span key={who}>{emoji}</span>
            ))}
          </div>
        )}
        <Parts parts={cards} />
      </li>
    </BubbleContext>
  );
});

/** The bubble, and what hangs below it. */
function Column({ bubble: { from, parts, quote, edited, at, reactions } }: { bubble: Bubble }) {
  const { isLive } = usePhone();
  const inside = parts.filter((part) => part.kind !== "cards" && !isBelow(part));
  const isBare = inside.length > 0 && inside.every(isSticker);
  const isWide = parts.some(({ kind }) => kind === "controls" || kind === "list");
  return (
    <div className={styles.column} data-wide={isWide && !isBare} data-keyboard={parts.some(isBelow)}>
      <div className={`${styles.bubble} ${isBare ? styles.bare : ""}`}>
        {quote && <QuoteView {...quote} />}
        {parts.length === 0 && <p className={styles.unknown}>{words.ours.earlier}</p>}
        <Parts parts={inside.filter((part) => !isAtFoot(part))} />
        <Foot edited={edited} at={at} from={from} />
        <Parts parts={inside.filter(isAtFoot)} />
      </div>
      <Parts parts={parts.filter(isBelow)} />
      {isLive && from === "business" && <ReactButton reactions={reactions} />}
    </div>
  );
}

function Parts({ parts }: { parts: readonly Part[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a part is known by its place
  return parts.map((part, index) => <PartView key={index} part={part} />);
}

function PartView({ part }: { part: Part }) {
  switch (part.kind) {
    case "header":
      return (
        <div className={styles.header}>
          <MarkedText text={part.text} />
        </div>
      );
    case "text":
      return <TextPart text={part.text} />;
    case "footer":
      return (
        <div className={styles.footer}>
          <MarkedText text={part.text} />
        </div>
      );
    case "media":
      return (
        <div className={styles.media}>
          <MediaView media={part.media} />
        </div>
      );
    case "controls":
      return <ControlButtons {...part} />;
    case "list":
      return <ListView control={part.control} />;
    case "cards":
      return <CardsView {...part} />;
    case "poll":
      return <PollView poll={part.poll} />;
    case "place":
      return (
        <div className={styles.media}>
          <PlaceView place={part.place} />
        </div>
      );
    case "contacts":
      return <ContactsView contacts={part.contacts} />;
    default:
      return null;
  }
}

function QuoteView({ from, text }: NonNullable<Bubble["quote"]>) {
  return (
    <div className={styles.quote}>
      {from === "person" && <div className={styles.who}>{words.you}</div>}
      <div className={styles.quoted} dir="auto">
        {text ?? words.ours.earlier}
      </div>
    </div>
  );
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function Foot({ edited, at, from }: Pick<Bubble, "edited" | "at" | "from">) {
  const { platform } = usePhone();
  const hasTicks = from === "person" && (platform === "whatsapp" || platform === "telegram");
  if (!edited && at === undefined && !hasTicks) return null;
  return (
    <div className={styles.foot}>
      {edited && <span>{words.edited}</span>}
      {at !== undefined && <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>}
      {hasTicks && (
        <span className={styles.ticks}>
          <Glyph name="ticks" size={15} />
        </span>
      )}
    </div>
  );
}
