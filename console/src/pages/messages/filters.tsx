import { useEffect, useState } from "react";
import { useChannels } from "../../api/channels.ts";
import type { Message, MessageFilter } from "../../api/messages.ts";
import { Button } from "../../controls/button.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import { DateFilter } from "./date-filter.tsx";
import styles from "./messages.module.css";

const { messages: words } = texts;
const typingMs = 300;

interface FiltersProps {
  filter: MessageFilter;
  onChange: (wish: MessageFilter) => void;
  /** A whole id that is searched for is opened at once. */
  onOpen: (id: string) => void;
  /** Any message with the person who is chosen: their name stands there. */
  example?: Message;
}

/** What the list is narrowed by. All of it stands in the URL. */
export function Filters({ filter, onChange, onOpen, example }: FiltersProps) {
  const channels = useChannels();
  const [isAll, setAll] = useState(false);
  const count = Object.keys(filter).length;
  const of = (names: Record<string, string>, any: string) => [
    { value: "", label: any },
    ...Object.entries(names).map(([value, label]) => ({ value, label })),
  ];
  return (
    <search
      className={styles.filters}
      data-all={isAll || count > (filter.text ? 1 : 0)}
      aria-label={words.filters}
    >
      <Search text={filter.text} onChange={(text) => onChange({ text })} onOpen={onOpen} />
      <Field label={words.direction}>
        <Select
          value={filter.direction ?? ""}
          onChange={(direction) => onChange({ direction })}
          options={Object.entries(words.directions).map(([value, label]) => ({ value, label }))}
        />
      </Field>
      <Field label={words.channel}>
        <Select
          value={filter.channel ?? ""}
          onChange={(channel) => onChange({ channel })}
          options={[
            { value: "", label: words.allChannels },
            ...(channels.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Field>
      <Field label={words.status}>
        <Select
          value={filter.status ?? ""}
          onChange={(status) => onChange({ status })}
          options={of(words.statuses, words.anyStatus)}
        />
      </Field>
      <Field label={words.type}>
        <Select
          value={filter.type ?? ""}
          onChange={(type) => onChange({ type })}
          options={of(words.types, words.anyType)}
        />
      </Field>
      <DateFilter label={words.since} value={filter.since} onChange={(since) => onChange({ since })} />
      <DateFilter label={words.until} value={filter.until} onChange={(until) => onChange({ until })} />
      <div className={styles.chosen} data-always>
        <Button
          small
          className={styles.toggle}
          icon="filter"
          aria-expanded={isAll}
          onClick={() => setAll(!isAll)}
        >
          {words.moreFilters}
        </Button>
        {filter.contact && (
          <Button
            small
            icon="close"
            aria-label={words.anyone}
            onClick={() => onChange({ contact: undefined })}
          >
            {words.onlyPerson(example?.contact?.name ?? example?.contact?.username ?? filter.contact)}
          </Button>
        )}
        {count > 0 && (
          <Button small kind="ghost" onClick={() => onChange(none)}>
            {words.clear}
          </Button>
        )}
      </div>
    </search>
  );
}

const none: MessageFilter = {
  channel: "",
  contact: "",
  status: "",
  type: "",
  direction: "",
  text: "",
  since: "",
  until: "",
};

const wholeId = /^msg_[0-9a-f]{32}$/;

/** Searched when the typing rests. */
function Search({
  text = "",
  onChange,
  onOpen,
}: {
  text?: string;
  onChange: (text: string) => void;
  onOpen: (id: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    const wish = typed.trim();
    if (wish === text) return;
    const timer = setTimeout(() => {
      if (wholeId.test(wish)) onOpen(wish);
      else onChange(wish);
    }, typingMs);
    return () => clearTimeout(timer);
  }, [typed, text, onChange, onOpen]);
  return (
    <div className={styles.search} data-always>
      <Field label={words.search}>
        <TextInput
          type="search"
          data-search
          maxLength={200}
          placeholder={words.searchHelp}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
    </div>
  );
}
