import { useMemo, useState } from "react";
import type { PlatformName } from "../../../../src/core/platform.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Json } from "../../controls/json.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./got.module.css";
import type { EventStep, GatewayEvent } from "./step.ts";

const words = texts.people.station;

interface GotProps {
  platform: PlatformName;
  event?: EventStep;
  /** It came before the newest message, so it answers another. */
  isEarlier: boolean;
  /** Something is being done: its event is still on the way. */
  isUnderWay: boolean;
}

/** What the customer's code is given of the person's last act: the same on every platform. */
export function Got({ platform, event, isEarlier, isUnderWay }: GotProps) {
  const part = useMemo(() => event && telling(event), [event]);
  const title = phones.names[platform];
  return (
    <section className={styles.got} aria-label={`${words.got}: ${title}`}>
      <h3 className={styles.title}>
        {words.got}
        {isEarlier && <Badge>{words.earlier}</Badge>}
        {event && <Ago at={event.at} />}
      </h3>
      {event ? (
        <>
          <Json compact value={part} label={`${words.event}: ${title}`} />
          <Whole key={event.id} event={event.event} label={`${words.whole}: ${title}`} />
        </>
      ) : (
        <p className={styles.none}>{isUnderWay ? words.underWay : words.nothingYet}</p>
      )}
    </section>
  );
}

/** All that the code is given, drawn when somebody asks for it. */
function Whole({ event, label }: { event: GatewayEvent; label: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.whole} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {words.whole} <code>{event.type}</code>
      </summary>
      {isOpen && <Json value={event} label={label} />}
    </details>
  );
}

/** The part that code switches on: what was said, by its type. All of it stands below, and in the timeline. */
function telling({ event: { type, message } }: EventStep): unknown {
  if (!message) return { type };
  const { type: kind } = message;
  if (kind === "interactive") return message.interactive;
  if (typeof kind === "string") return { type: kind, [kind]: message[kind] };
  const {
    id: _id,
    platform_id: _platformId,
    timestamp: _at,
    from: _from,
    context: _context,
    ...said
  } = message;
  return { type, message: said };
}
