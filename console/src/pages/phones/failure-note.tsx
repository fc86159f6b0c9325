import { Link } from "wouter";
import { useMessage } from "../../api/messages.ts";
import { statusName } from "../../content/status-badge.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./station.module.css";

/** Why a message that the gateway took is not on this phone after all: the platform refused it, or gave no answer. */
export function FailureNote({ id }: { id: string }) {
  const { data } = useMessage(id);
  if (!data?.problem || !["failed", "unknown", "expired"].includes(data.status)) return null;
  return (
    <p className={styles.refusal} role="alert" data-status={data.status}>
      <strong>{statusName(data.status)}.</strong> {data.problem.message}{" "}
      <Link href={`/messages/${id}`}>{texts.people.station.toMessage}</Link>
    </p>
  );
}
