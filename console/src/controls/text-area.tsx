import type { Ref, TextareaHTMLAttributes } from "react";
import { classNames } from "./class-names.ts";
import { useField } from "./field.tsx";
import styles from "./input.module.css";

interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  mono?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

/** Several lines of text; it grows with what is in it. */
export function TextArea({ mono, className, ...more }: TextAreaProps) {
  const { id, describedBy, invalid } = useField();
  return (
    <textarea
      dir="auto"
      rows={3}
      id={id}
      aria-describedby={describedBy}
      aria-invalid={invalid}
      {...more}
      className={classNames(styles.input, styles.area, mono && styles.mono, className)}
    />
  );
}
