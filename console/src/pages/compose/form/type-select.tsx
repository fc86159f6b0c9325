import { classNames } from "../../../controls/class-names.ts";
import { useField } from "../../../controls/field.tsx";
import { Icon } from "../../../controls/icon.tsx";
import input from "../../../controls/input.module.css";
import { texts } from "../../../texts/texts.ts";
import { spelled } from "./wording.ts";

interface TypeSelectProps {
  value?: string;
  groups: readonly { label: string; types: readonly string[] }[];
  onChange(type: string): void;
}

/** One of the types of message, in groups. */
export function TypeSelect({ value, groups, onChange }: TypeSelectProps) {
  const { id } = useField();
  const { typeNames } = texts.composeForm;
  const { noType } = texts.compose;
  return (
    <span className={input.around}>
      <select
        id={id}
        className={classNames(input.input, input.select)}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === undefined && <option value="">{noType}</option>}
        {groups.map(({ label, types }) => (
          <optgroup key={label} label={label}>
            {types.map((type) => (
              <option key={type} value={type}>
                {Object.hasOwn(typeNames, type) ? typeNames[type] : spelled(type)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
}
