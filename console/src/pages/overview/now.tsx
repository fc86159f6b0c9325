import { Link } from "wouter";
import { isOfSome, type Measures, nowOf } from "../../api/measures.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./overview.module.css";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;

interface Waiting {
  label: string;
  value: number;
  href: string;
}

function waitingOf(measures: Measures): Waiting[] {
  const isSome = isOfSome(measures);
  const calls = isSome
    ? nowOf(measures, "antiphon_channel_calls")
    : nowOf(measures, "antiphon_backlog", { of: "calls" });
  const webhooks = isSome
    ? nowOf(measures, "antiphon_channel_payloads")
    : nowOf(measures, "antiphon_backlog", { of: "webhooks" });
  const ofChannels = [
    { label: words.waitingCalls, value: calls, href: "/messages?status=accepted" },
    { label: words.waitingWebhooks, value: webhooks, href: "/channels" },
  ];
  if (isSome) return ofChannels;
  const deliveries = nowOf(measures, "antiphon_endpoint_deliveries");
  const unknown = nowOf(measures, "antiphon_messages", { state: "unknown" });
  return [
    ...ofChannels,
    { label: words.waitingDeliveries, value: deliveries, href: "/endpoints" },
    { label: words.unknownMessages, value: unknown, href: "/messages?status=unknown" },
  ];
}

/** What waits at this moment, as far as the caller may know it. */
export function Now({ measures }: { measures: Measures }) {
  return (
    <Panel title={words.now} help={isOfSome(measures) ? words.ofSome : undefined} isWide>
      <ul className={styles.numbers}>
        {waitingOf(measures).map(({ label, value, href }) => (
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
