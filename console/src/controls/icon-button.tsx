import type { ButtonHTMLAttributes, Ref } from "react";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./icon-button.module.css";
import { Tip } from "./tip.tsx";

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  /** What it does, in words: its name, and its tip. */
  label: string;
  icon: IconName;
  /** Without a tip, which would take the first Escape for itself: in a dialog. */
  isPlain?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that is a drawing. */
export function IconButton({ label, icon, isPlain, className, type = "button", ...more }: IconButtonProps) {
  const button = (
    <button {...more} type={type} aria-label={label} className={classNames(styles.button, className)}>
      <Icon name={icon} />
    </button>
  );
  return isPlain ? button : <Tip text={label}>{button}</Tip>;
}
