import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonKind = "primary" | "plain" | "danger" | "ghost";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  /** It works on what was asked: it can be reached still, and does nothing. */
  busy?: boolean;
  /** Why it may not be used now: it can be reached still, tells this, and does nothing. */
  off?: string;
  icon?: IconName;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. */
export function Button({ kind = "plain", busy = false, off, icon, small, ...rest }: ButtonProps) {
  const { children, className, onClick, type = "button", ...more } = rest;
  const isIdle = busy || off !== undefined;
  return (
    <button
      {...more}
      title={off ?? more.title}
      type={type}
      className={classNames(styles.button, styles[kind], small && styles.small, className)}
      aria-busy={busy || undefined}
      aria-disabled={isIdle || undefined}
      onClick={isIdle ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className={styles.spinner} aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
