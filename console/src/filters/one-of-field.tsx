import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";

interface OneOfFieldProps {
  label: string;
  /** What stands there while nothing is chosen. */
  whole: string;
  named: readonly (readonly [value: string, label: string])[];
  value?: string;
  onChange: (value: string) => void;
}

/** One of a few, or whichever. */
export function OneOfField({ label, whole, named, value = "", onChange }: OneOfFieldProps) {
  const options = [["", whole] as const, ...named].map(([option, name]) => ({ value: option, label: name }));
  return (
    <Field label={label}>
      <Select value={value} onChange={onChange} options={options} />
    </Field>
  );
}
