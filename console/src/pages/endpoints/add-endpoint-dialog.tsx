import { useState } from "react";
import { useLocation } from "wouter";
import { eventTypes } from "../../../../src/core/event.ts";
import { useChannels } from "../../api/channels.ts";
import { type EndpointWish, useAddEndpoint } from "../../api/endpoints.ts";
import { ApiProblem } from "../../api/request.ts";
import { Choices } from "../../controls/choices.tsx";
import { Dialog } from "../../controls/dialog.tsx";
import { DialogForm } from "../../controls/dialog-form.tsx";
import { Field } from "../../controls/field.tsx";
import { Folded } from "../../controls/folded.tsx";
import { Select } from "../../controls/select.tsx";
import { Switch } from "../../controls/switch.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";
import { showSecret } from "./show-secret.tsx";

const { endpoints: words } = texts;

/** Asks for a URL and tries it; its secret, and what the try got, are shown above its page. */
export function AddEndpointDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={words.add}>
      <AddEndpointForm onClose={onClose} />
    </Dialog>
  );
}

function AddEndpointForm({ onClose }: { onClose: () => void }) {
  const [, go] = useLocation();
  const [wish, setWish] = useState<EndpointWish>({ url: "", format: "antiphon" });
  const change = (part: EndpointWish) => setWish({ ...wish, ...part });
  const add = useAddEndpoint(showSecret);
  const problems = add.error instanceof ApiProblem ? add.error.errors : [];
  const submit = () => add.mutate(wish, { onSuccess: ({ id }) => [onClose(), go(`/endpoints/${id}`)] });
  return (
    <DialogForm onSubmit={submit} action={words.save} busy={add.isPending} problem={add.error}>
      <Field
        label={words.url}
        help={words.urlHelp}
        error={problems.find(({ pointer }) => pointer === "/url")?.message}
      >
        <TextInput
          type="url"
          required
          value={wish.url}
          onChange={(event) => change({ url: event.target.value })}
        />
      </Field>
      <Field label={words.format}>
        <Select
          value={wish.format ?? "antiphon"}
          onChange={(format) => change({ format })}
          options={[
            { value: "antiphon", label: words.formats.antiphon },
            { value: "raw", label: words.formats.raw },
          ]}
        />
      </Field>
      <Folded title={words.more} summary={words.moreNow}>
        <Wishes wish={wish} onChange={change} />
      </Folded>
    </DialogForm>
  );
}

interface WishesProps {
  wish: EndpointWish;
  onChange: (part: EndpointWish) => void;
}

/** What few need: left as it is, it is told of everything. */
function Wishes({ wish, onChange }: WishesProps) {
  const channels = useChannels().data?.data ?? [];
  return (
    <>
      <Choices
        title={words.events}
        help={words.eventsHelp}
        options={eventTypes.map((type) => ({ value: type, label: type }))}
        chosen={wish.events ?? []}
        onChange={(events) => onChange({ events: [...events] })}
      />
      <Choices
        title={words.channels}
        help={words.channelsHelp}
        options={channels.map(({ id, name, platform }) => ({ value: id, label: name, help: platform }))}
        chosen={wish.channels ?? []}
        onChange={(chosen) => onChange({ channels: [...chosen] })}
      />
      <Switch
        label={words.ordered}
        checked={wish.ordered ?? false}
        onChange={(ordered) => onChange({ ordered })}
      />
      <p className={styles.soft}>{words.orderedHelp}</p>
      <Limit
        label={words.maxAge}
        help={words.maxAgeHelp}
        value={wish.max_age_seconds}
        onChange={(max_age_seconds) => onChange({ max_age_seconds })}
      />
      <Limit
        label={words.maxRate}
        help={words.maxRateHelp}
        value={wish.max_per_second}
        onChange={(max_per_second) => onChange({ max_per_second })}
      />
    </>
  );
}

interface LimitProps {
  label: string;
  help: string;
  value?: number | null;
  onChange: (value: number | undefined) => void;
}

function Limit({ label, help, value, onChange }: LimitProps) {
  return (
    <Field label={label} help={help} optional>
      <TextInput
        type="number"
        min={1}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value ? Number(event.target.value) : undefined)}
      />
    </Field>
  );
}
