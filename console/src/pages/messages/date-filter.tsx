import { Field } from "../../controls/field.tsx";
import { TextInput } from "../../controls/text-input.tsx";

interface DateFilterProps {
  label: string;
  /** RFC 3339. */
  value?: string;
  onChange: (value: string | undefined) => void;
}

/** A moment in the time of who looks; the URL and the gateway hold it in UTC. */
export function DateFilter({ label, value, onChange }: DateFilterProps) {
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
