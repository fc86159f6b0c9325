import { examples } from "../../../../src/core/examples.ts";
import { classNames } from "../../controls/class-names.ts";
import { Icon } from "../../controls/icon.tsx";
import input from "../../controls/input.module.css";
import { texts } from "../../texts/texts.ts";

const words = texts.compose;
const all = examples();
const groups = [...new Set(all.map(({ group }) => group))];

interface ExampleSelectProps {
  value?: string;
  onChange(name: string): void;
}

/** Every example, one click away. */
export function ExampleSelect({ value, onChange }: ExampleSelectProps) {
  return (
    <span className={input.around}>
      <select
        aria-label={words.example}
        className={classNames(input.input, input.select)}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === undefined && <option value="">{words.ownMessage}</option>}
        {groups.map((group) => (
          <optgroup key={group} label={words.groups[group]}>
            {all
              .filter((example) => example.group === group)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {words.exampleNames[name] ?? name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
}
