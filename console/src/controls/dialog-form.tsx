import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import styles from "./dialog-form.module.css";
import { Failed } from "./failed.tsx";

interface DialogFormProps {
  onSubmit: () => void;
  /** The words of the button that does it. */
  action: string;
  busy: boolean;
  disabled?: boolean;
  /** Why it was refused; null: it was not. */
  problem: unknown;
  children: ReactNode;
}

/** What a dialog asks for. Its button, and above it what was refused, are in view however long it is. */
export function DialogForm({ onSubmit, action, busy, disabled, problem, children }: DialogFormProps) {
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {children}
      <div className={styles.foot}>
        {problem !== null && <Failed problem={problem} />}
        <Button kind="primary" type="submit" busy={busy} disabled={disabled}>
          {action}
        </Button>
      </div>
    </form>
  );
}
