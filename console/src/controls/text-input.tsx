import type { InputHTMLAttributes, Ref } from "react";
import { classNames } from "./class-names.ts";
import { useField } from "./field.tsx";
import styles from "./input.module.css";

interface TextInputProps extends InputHTMLAttributes<HTMLInputElement> {
  /** For ids, addresses and code. */
  mono?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** One line of text; its name and help come from the `Field` around it, or from `aria-label`. */
export function TextInput({ mono, className, ...more }: TextInputProps) {
  const { id, describedBy, invalid } = useField();
  return (
    <input
      dir="auto"
      id={id}
      aria-describedby={describedBy}
      aria-invalid={invalid}
      {...more}
      className={classNames(styles.input, mono && styles.mono, className)}
    />
  );
}
