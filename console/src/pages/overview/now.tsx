import { Link } from "wouter";
import { type Measures, nowOf } from "../../api/measures.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./overview.module.css";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;

/** What waits at this moment. */
export function Now({ measures }: { measures: Measures }) {
  const waiting = [
    {
      label: words.waitingCalls,
      value: nowOf(measures, "antiphon_backlog", { of: "calls" }),
      href: "/messages?status=accepted",
    },
    {
      label: words.waitingWebhooks,
      value: nowOf(measures, "antiphon_backlog", { of: "webhooks" }),
      href: "/channels",
    },
    {
      label: words.waitingDeliveries,
      value: nowOf(measures, "antiphon_endpoint_deliveries"),
      href: "/endpoints",
    },
    {
      label: words.unknownMessages,
      value: nowOf(measures, "antiphon_messages", { state: "unknown" }),
      href: "/messages?status=unknown",
    },
  ];
  return (
    <Panel title={words.now} isWide>
      <ul className={styles.numbers}>
        {waiting.map(({ label, value, href }) => (
          <li key={label}>
            <Link href={href}>
              <b>{value.toLocaleString("en")}</b> {label}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
