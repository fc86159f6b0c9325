import { useState } from "react";
import { useSearchParams } from "wouter";
import { type Delivery, type DeliveryState, useDeliveries } from "../../api/endpoints.ts";
import { Ago, exactTime } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { DataTable } from "../../controls/data-table.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Field } from "../../controls/field.tsx";
import { Loading } from "../../controls/loading.tsx";
import { Select } from "../../controls/select.tsx";
import type { Tone } from "../../controls/tone.ts";
import { texts } from "../../texts/texts.ts";
import { ChosenActions } from "./chosen-actions.tsx";
import { DeliveryDialog } from "./delivery-dialog.tsx";
import styles from "./endpoints.module.css";

const { endpoints: words } = texts;
const states = Object.keys(words.deliveryStates) as DeliveryState[];
const tones: Record<DeliveryState, Tone> = {
  pending: "info",
  delivered: "good",
  dead: "bad",
  replayed: "plain",
};

/** What an endpoint was told or is to be told, newest first; one or many can be tried again. */
export function Deliveries({ endpoint }: { endpoint: string }) {
  const [search, setSearch] = useSearchParams();
  const state = states.find((one) => one === search.get("state"));
  const asked = useDeliveries(endpoint, state);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filter = (to: DeliveryState | "") => {
    setSelected(new Set());
    setSearch(to ? { state: to } : {});
  };
  const rows = asked.data?.data ?? [];
  return (
    <section aria-label={words.deliveries} className={styles.deliveries}>
      <div className={styles.bar}>
        <Field label={words.state}>
          <Select
            value={state ?? ""}
            onChange={filter}
            options={[
              { value: "", label: words.all },
              ...states.map((value) => ({ value, label: words.deliveryStates[value] })),
            ]}
          />
        </Field>
        <ChosenActions
          endpoint={endpoint}
          chosen={rows.filter(({ id }) => selected.has(id))}
          onDone={() => setSelected(new Set())}
        />
      </div>
      {asked.isPending && <Loading />}
      {asked.isError && <Failed problem={asked.error} onRetry={() => asked.refetch()} />}
      {asked.data && rows.length === 0 && (
        <Empty title={words.noDeliveries}>{state ? words.noneSuch : words.noDeliveriesBody}</Empty>
      )}
      {rows.length > 0 && <Table rows={rows} selected={selected} onSelect={setSelected} />}
    </section>
  );
}

interface TableProps {
  rows: readonly Delivery[];
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
}

/** So many are drawn before somebody asks for more. */
const shownAtFirst = 50;

function Table({ rows, selected, onSelect }: TableProps) {
  const [shown, setShown] = useState(shownAtFirst);
  const [opened, setOpened] = useState<string>();
  const drawn = rows.slice(0, shown);
  const isWhole = drawn.every(({ id }) => selected.has(id));
  const toggle = (id: string) => onSelect(new Set(selected).symmetricDifference(new Set([id])));
  return (
    <>
      <DataTable
        label={words.deliveries}
        rows={drawn}
        keyOf={({ id }) => id}
        columns={[
          {
            id: "select",
            label: words.selected,
            head: (
              <input
                type="checkbox"
                aria-label={words.selectAll}
                checked={isWhole}
                onChange={() => onSelect(new Set(isWhole ? [] : drawn.map(({ id }) => id)))}
              />
            ),
            narrow: true,
            cell: ({ id, event_type, created_at }) => (
              <input
                type="checkbox"
                aria-label={words.select(event_type, exactTime(created_at))}
                checked={selected.has(id)}
                onChange={() => toggle(id)}
              />
            ),
          },
          {
            id: "event",
            label: words.event,
            cell: ({ id, event_type }) => (
              <Button kind="ghost" small onClick={() => setOpened(id)}>
                {event_type}
              </Button>
            ),
          },
          {
            id: "state",
            label: words.state,
            cell: ({ state, reason }) => (
              <Badge tone={tones[state]}>
                {[words.deliveryStates[state], reason].filter(Boolean).join(": ")}
              </Badge>
            ),
          },
          { id: "tries", label: words.tries, numeric: true, cell: ({ tries }) => tries },
          { id: "answer", label: words.answer, cell: lastAnswer },
          { id: "when", label: words.when, cell: ({ created_at }) => <Ago at={created_at} /> },
        ]}
      />
      {rows.length > shown && (
        <Button onClick={() => setShown(rows.length)}>{words.showMore(rows.length - shown)}</Button>
      )}
      <DeliveryDialog delivery={rows.find(({ id }) => id === opened)} onClose={() => setOpened(undefined)} />
    </>
  );
}

function lastAnswer({ attempts }: Delivery): string {
  const last = attempts.at(-1);
  return last ? `${last.http_status ?? last.category} · ${last.latency_ms} ms` : "";
}
