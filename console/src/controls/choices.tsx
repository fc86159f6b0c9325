import { useId } from "react";
import styles from "./choices.module.css";

interface ChoicesProps<Value extends string> {
  title: string;
  help?: string;
  options: readonly { value: Value; label: string; help?: string }[];
  chosen: readonly Value[];
  onChange: (chosen: readonly Value[]) => void;
}

/** Some of a list, by check boxes. */
export function Choices<Value extends string>({
  title,
  help,
  options,
  chosen,
  onChange,
}: ChoicesProps<Value>) {
  const id = useId();
  const toggle = (value: Value, isOn: boolean) =>
    onChange(isOn ? [...chosen, value] : chosen.filter((one) => one !== value));
  return (
    <fieldset className={styles.choices}>
      <legend>{title}</legend>
      {help && <small>{help}</small>}
      {options.map(({ value, label, help: more }) => (
        <label key={value} htmlFor={`${id}-${value}`}>
          <input
            id={`${id}-${value}`}
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) => toggle(value, event.target.checked)}
          />
          <span>
            {label}
            {more && <small>{more}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
