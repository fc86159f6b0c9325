import { useState } from "react";
import { type Replay, type ReplayWish, useReplay, useReplays } from "../../api/endpoints.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { Card } from "../../controls/card.tsx";
import { DataTable } from "../../controls/data-table.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";

const { endpoints: words } = texts;

/** Tells an endpoint again what it was told or missed: first how many that is, then for good. */
export function Replays({ endpoint }: { endpoint: string }) {
  const replays = useReplays(endpoint).data?.data ?? [];
  return (
    <>
      <Card title={words.replay}>
        <ReplayForm endpoint={endpoint} />
      </Card>
      {replays.length > 0 && (
        <DataTable<Replay>
          label={words.replays}
          rows={replays}
          keyOf={({ id }) => id}
          columns={[
            { id: "state", label: words.state, cell: ({ state }) => <Badge>{state}</Badge> },
            {
              id: "progress",
              label: words.deliveries,
              cell: ({ delivered, total }) => words.replayProgress(delivered, total),
            },
            { id: "dead", label: words.deliveryStates.dead, numeric: true, cell: ({ dead }) => dead },
            { id: "when", label: words.when, cell: ({ created_at }) => <Ago at={created_at} /> },
          ]}
        />
      )}
    </>
  );
}

const dayMs = 86_400_000;

function ReplayForm({ endpoint }: { endpoint: string }) {
  const [since, setSince] = useState(() => local(Date.now() - dayMs));
  const [until, setUntil] = useState("");
  const [which, setWhich] = useState<"all" | "dead">("all");
  const [rate, setRate] = useState("100");
  const count = useReplay(endpoint);
  const start = useReplay(endpoint);
  const wish: ReplayWish = {
    ...(since && { since: new Date(since).toISOString() }),
    ...(until && { until: new Date(until).toISOString() }),
    ...(which === "dead" && { state: "dead" as const }),
  };
  /** What was counted is no more what would be told. */
  const changed = (set: (value: string) => void) => (event: React.ChangeEvent<HTMLInputElement>) => {
    set(event.target.value);
    count.reset();
  };
  const preview = (event: React.FormEvent) => {
    event.preventDefault();
    count.mutate({ ...wish, dry_run: true });
  };
  const replay = () =>
    start.mutate({ ...wish, max_per_second: Number(rate) }, { onSuccess: () => count.reset() });
  return (
    <form className={styles.form} onSubmit={preview}>
      <p className={styles.soft}>{words.replayHelp}</p>
      <div className={styles.fields}>
        <Field label={words.since}>
          <TextInput
            type="datetime-local"
            value={since}
            onChange={changed(setSince)}
            required={which === "all"}
          />
        </Field>
        <Field label={words.until} optional>
          <TextInput type="datetime-local" value={until} onChange={changed(setUntil)} />
        </Field>
        <Field label={words.which}>
          <Select
            value={which}
            onChange={(value) => [setWhich(value), count.reset()]}
            options={[
              { value: "all", label: words.whichAll },
              { value: "dead", label: words.whichDead },
            ]}
          />
        </Field>
        <Field label={words.rate}>
          <TextInput type="number" min={1} max={1000} value={rate} onChange={changed(setRate)} required />
        </Field>
      </div>
      <div className={styles.actions}>
        <Button type="submit" busy={count.isPending}>
          {words.preview}
        </Button>
        {count.data && (
          <>
            <span role="status">{words.previewed(count.data.total)}</span>
            <Button kind="primary" onClick={replay} busy={start.isPending} disabled={count.data.total === 0}>
              {words.startReplay}
            </Button>
          </>
        )}
      </div>
      {count.isError && <Failed problem={count.error} />}
      {start.isError && <Failed problem={start.error} />}
    </form>
  );
}

/** As an input of the browser takes a time: local, to the minute. */
function local(atMs: number): string {
  const date = new Date(atMs);
  return new Date(atMs - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
