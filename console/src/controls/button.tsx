import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonKind = "primary" | "plain" | "danger" | "ghost";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  /** It works on what was asked: it can be reached still, and does nothing. */
  busy?: boolean;
  icon?: IconName;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. */
export function Button({ kind = "plain", busy = false, icon, small, ...rest }: ButtonProps) {
  const { children, className, onClick, type = "button", ...more } = rest;
  return (
    <button
      {...more}
      type={type}
      className={classNames(styles.button, styles[kind], small && styles.small, className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className={styles.spinner} aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
