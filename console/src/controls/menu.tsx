import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./menu.module.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** One of a choice: whether it is the chosen one. */
  checked?: boolean;
}

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  items: readonly (MenuItem | "line")[];
  align?: "start" | "end";
}

/** Actions behind one button. */
export function Menu({ trigger, items, align = "end" }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
          {items.map((item, index) =>
            item === "line" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else, and items do not move
              <DropdownMenu.Separator key={index} className={styles.line} />
            ) : (
              <Item key={item.label} {...item} />
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ label, icon, onSelect, danger, disabled, checked }: MenuItem) {
  const shared = { className: styles.item, disabled, onSelect, "data-danger": danger || undefined };
  const content = (
    <>
      {icon && <Icon name={icon} />}
      <span className={styles.label}>{label}</span>
      {checked && <Icon name="check" />}
    </>
  );
  if (checked === undefined) return <DropdownMenu.Item {...shared}>{content}</DropdownMenu.Item>;
  return (
    <DropdownMenu.CheckboxItem {...shared} checked={checked}>
      {content}
    </DropdownMenu.CheckboxItem>
  );
}
