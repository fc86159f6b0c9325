import { createContext, type ReactNode, useContext, useId, useMemo } from "react";
import { texts } from "../texts/texts.ts";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";

interface FieldOfInput {
  id?: string;
  describedBy?: string;
  invalid?: true;
}

const Around = createContext<FieldOfInput>({});

/** What an input takes from the field around it: its name, its help, whether it is wrong. */
export function useField(): FieldOfInput {
  return useContext(Around);
}

interface FieldProps {
  label: string;
  /** Seen by screen readers alone: where what is seen says it already. */
  labelHidden?: boolean;
  help?: ReactNode;
  error?: string;
  /** How much of what is allowed is used, in its unit. */
  counter?: { used: number; limit: number; unit: string };
  optional?: boolean;
  children: ReactNode;
}

/** One input with its name, its help and what is wrong with it. */
export function Field({ label, labelHidden, help, error, counter, optional, children }: FieldProps) {
  const id = useId();
  const notes = [error && `${id}-error`, help && `${id}-help`, counter && `${id}-counter`].filter(Boolean);
  const describedBy = notes.join(" ") || undefined;
  const around = useMemo<FieldOfInput>(
    () => ({ id, describedBy, invalid: error ? true : undefined }),
    [id, describedBy, error],
  );
  return (
    <div className={styles.field}>
      <div className={classNames(styles.top, labelHidden && !counter && styles.hidden)}>
        <label htmlFor={id} className={labelHidden ? styles.hidden : styles.label}>
          {label} {optional && <span className={styles.optional}>{texts.controls.optional}</span>}
        </label>
        {counter && <Counter id={`${id}-counter`} {...counter} />}
      </div>
      <Around value={around}>{children}</Around>
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {help && (
        <div id={`${id}-help`} className={styles.help}>
          {help}
        </div>
      )}
    </div>
  );
}

function Counter({ id, used, limit, unit }: { id: string; used: number; limit: number; unit: string }) {
  return (
    <span id={id} className={styles.counter} data-state={stateOf(used / limit)}>
      {used.toLocaleString("en")} {texts.controls.of} {limit.toLocaleString("en")} {unit}
    </span>
  );
}

function stateOf(share: number): "over" | "near" | "fine" {
  if (share > 1) return "over";
  return share > 0.9 ? "near" : "fine";
}
