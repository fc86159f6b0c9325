import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Icon } from "../controls/icon.tsx";
import { Popover } from "../controls/popover.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./filters.module.css";

const { filters: words } = texts;
const shown = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

interface Span {
  /** RFC 3339. */
  since?: string;
  until?: string;
}

/** From when to when: told in a few words, and chosen behind them. */
export function TimeField({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const isChosen = span.since !== undefined || span.until !== undefined;
  return (
    <div className={styles.time}>
      <span className={styles.label} aria-hidden="true">
        {words.time}
      </span>
      <Popover
        label={words.time}
        trigger={
          <button type="button" className={styles.opener} aria-label={`${words.time}: ${inWords(span)}`}>
            <span>{inWords(span)}</span>
            <Icon name="chevron-down" size={14} />
          </button>
        }
      >
        <div className={styles.span}>
          <Moment label={words.since} value={span.since} onChange={(since) => onChange({ since })} />
          <Moment label={words.until} value={span.until} onChange={(until) => onChange({ until })} />
          <Button small disabled={!isChosen} onClick={() => onChange({ since: undefined, until: undefined })}>
            {words.anyTime}
          </Button>
        </div>
      </Popover>
    </div>
  );
}

function inWords({ since, until }: Span): string {
  const [from, to] = [told(since), told(until)];
  if (from && to) return words.between(from, to);
  if (from) return words.after(from);
  return to ? words.before(to) : words.anyTime;
}

function told(value: string | undefined): string {
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? "" : shown.format(date);
}

interface MomentProps {
  label: string;
  value?: string;
  onChange: (value: string | undefined) => void;
}

/** In the time of who looks; the URL and the gateway hold it in UTC. */
function Moment({ label, value, onChange }: MomentProps) {
  return (
    <Field label={label}>
      <TextInput
        type="datetime-local"
        value={localOf(value)}
        onChange={({ target }) =>
          onChange(target.value === "" ? undefined : new Date(target.value).toISOString())
        }
      />
    </Field>
  );
}

/** As the browser's own field wants it: without a zone, to the minute. */
function localOf(value: string | undefined): string {
  const date = new Date(value ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return "";
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
