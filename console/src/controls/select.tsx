import { classNames } from "./class-names.ts";
import { useField } from "./field.tsx";
import { Icon } from "./icon.tsx";
import styles from "./input.module.css";

interface SelectProps<Value extends string> {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; disabled?: boolean }[];
  /** Its name, where no `Field` is around it. */
  label?: string;
  disabled?: boolean;
  className?: string;
}

/** One of several. The browser's own control: each device opens it as its people know it, and types to find. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, onChange, options, label, disabled, className } = props;
  const { id, describedBy, invalid } = useField();
  return (
    <span className={classNames(styles.around, className)}>
      <select
        id={id}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        disabled={disabled}
        className={classNames(styles.input, styles.select)}
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
}
