import { useCallback, useState } from "react";
import type { MessageFilter } from "../../api/messages.ts";
import { Button } from "../../controls/button.tsx";
import { ChannelField } from "../../filters/channel-field.tsx";
import { OneOfField } from "../../filters/one-of-field.tsx";
import { PersonField } from "../../filters/person-field.tsx";
import { SearchField } from "../../filters/search-field.tsx";
import { TimeField } from "../../filters/time-field.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";

const { messages: words } = texts;
const wholeId = /^msg_[0-9a-f]{32}$/;

interface FiltersProps {
  filter: MessageFilter;
  onChange: (wish: MessageFilter) => void;
  /** A whole id that is searched for is opened at once. */
  onOpen: (id: string) => void;
}

/** What the list is narrowed by. All of it stands in the URL. */
export function Filters({ filter, onChange, onOpen }: FiltersProps) {
  const [isAll, setAll] = useState(false);
  const { text, contact, channel, direction, status, type, since, until } = filter;
  const count = Object.keys(filter).length;
  const search = useCallback(
    (wish: string) => (wholeId.test(wish) ? onOpen(wish) : onChange({ text: wish })),
    [onChange, onOpen],
  );
  return (
    <search className={styles.filters} data-all={isAll || count > (text ? 1 : 0)} aria-label={words.filters}>
      <div className={styles.search} data-always>
        <SearchField label={words.search} placeholder={words.searchHelp} text={text} onChange={search} />
      </div>
      <PersonField contact={contact} channel={channel} onChange={(wish) => onChange({ contact: wish })} />
      <ChannelField value={channel} onChange={(wish) => onChange({ channel: wish })} />
      <OneOfField
        label={words.direction}
        whole={words.bothWays}
        named={Object.entries(words.directions)}
        value={direction}
        onChange={(wish) => onChange({ direction: wish })}
      />
      <OneOfField
        label={words.status}
        whole={words.anyStatus}
        named={Object.entries(words.statuses)}
        value={status}
        onChange={(wish) => onChange({ status: wish })}
      />
      <OneOfField
        label={words.type}
        whole={words.anyType}
        named={Object.entries(words.types)}
        value={type}
        onChange={(wish) => onChange({ type: wish })}
      />
      <TimeField span={{ since, until }} onChange={onChange} />
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
