import { type Example, examples } from "../../../src/core/examples.ts";
import { classNames } from "../controls/class-names.ts";
import { Icon } from "../controls/icon.tsx";
import input from "../controls/input.module.css";
import { texts } from "../texts/texts.ts";

const { examples: words } = texts;
let known: readonly Example[] | undefined;

/** Every example, seed 1's list first. */
export function knownExamples(): readonly Example[] {
  known ??= examples();
  return known;
}

interface ExampleSelectProps {
  /** None: what is written is somebody's own. */
  value?: string;
  onChange(name: string): void;
  className?: string;
}

/** The messages to begin with, by where they come from: the same on every page. */
export function ExampleSelect({ value, onChange, className }: ExampleSelectProps) {
  const all = knownExamples();
  const groups = [...new Set(all.map(({ group }) => group))];
  return (
    <span className={classNames(input.around, className)}>
      <select
        aria-label={words.label}
        className={classNames(input.input, input.select)}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === undefined && <option value="">{words.own}</option>}
        {groups.map((group) => (
          <optgroup key={group} label={words.groups[group]}>
            {all
              .filter((example) => example.group === group)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {words.names[name] ?? name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
}
