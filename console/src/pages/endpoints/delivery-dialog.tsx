import { useQuery } from "@tanstack/react-query";
import type { Delivery } from "../../api/endpoints.ts";
import { request } from "../../api/request.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { Dialog } from "../../controls/dialog.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Json } from "../../controls/json.tsx";
import { Loading } from "../../controls/loading.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";
import { useRetry } from "./use-retry.ts";

const { endpoints: words } = texts;

/** One delivery: what was sent, and every attempt with its answer. */
export function DeliveryDialog({ delivery, onClose }: { delivery?: Delivery; onClose: () => void }) {
  const { retry, isPending } = useRetry();
  return (
    <Dialog
      open={delivery !== undefined}
      onClose={onClose}
      title={delivery?.event_type ?? ""}
      wide
      actions={
        <Button onClick={() => delivery && retry([delivery.id])} busy={isPending}>
          {words.retry}
        </Button>
      }
    >
      {delivery && <Shown delivery={delivery} />}
    </Dialog>
  );
}

function Shown({ delivery }: { delivery: Delivery }) {
  return (
    <div className={styles.shown}>
      <p className={styles.soft}>
        <code>{delivery.id}</code> <code>{delivery.event}</code>
      </p>
      <h3>{words.attempts}</h3>
      <ol className={styles.attempts}>
        {delivery.attempts.map((attempt) => (
          <li key={attempt.at}>
            <Badge tone={attempt.category === "ok" ? "good" : "bad"}>
              {[attempt.category, attempt.http_status].filter(Boolean).join(" ")}
            </Badge>
            <span>{`${attempt.latency_ms} ms`}</span> <Ago at={attempt.at} />
            <pre>{attempt.error ?? (attempt.answer || words.noAnswer)}</pre>
          </li>
        ))}
      </ol>
      <h3>{words.request}</h3>
      <EventShown id={delivery.event} />
    </div>
  );
}

/** What platforms post, byte for byte, is no event that could be asked for. */
function EventShown({ id }: { id: string }) {
  const isRaw = id.startsWith("raw_");
  const event = useQuery({
    queryKey: ["events", id],
    queryFn: ({ signal }) => request<unknown>(`/v1/events/${id}`, { signal }),
    enabled: !isRaw,
  });
  if (isRaw) return <p className={styles.soft}>{words.rawRequest}</p>;
  if (event.isPending) return <Loading />;
  if (event.isError) return <Failed problem={event.error} onRetry={() => event.refetch()} />;
  return <Json value={event.data} label={words.request} />;
}
