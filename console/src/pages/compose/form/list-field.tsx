import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import { maxRows } from "../../../../../src/core/limits.ts";
import type { Shape } from "../../../../../src/core/shape.ts";
import { Button } from "../../../controls/button.tsx";
import { IconButton } from "../../../controls/icon-button.tsx";
import { texts } from "../../../texts/texts.ts";
import { idsIn, inOrder, nextItem } from "../blank.ts";
import { limitsAt } from "../shape-fields.ts";
import { moved } from "../value.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { useLit } from "./lit.ts";
import { errorOf, type FieldProps } from "./text-field.tsx";
import { nameOfItem } from "./wording.ts";

const words = texts.composeForm;

type ListProps = FieldProps & { shape: Extract<Shape, { is: "list" }>; name: string };

/** Items that can be added, removed and moved, by the mouse and by the keyboard. */
export function ListField({ label, pointer, value, required, shape, name }: ListProps) {
  const { body, set, problemsAt, Inner } = useForm();
  const around = useRef<HTMLFieldSetElement>(null);
  const refocus = useRef<() => void>(undefined);
  // With the list as it has become, and before anybody can press the next key.
  useLayoutEffect(() => {
    refocus.current?.();
    refocus.current = undefined;
  });
  const items = Array.isArray(value) ? value : [];
  const what = nameOfItem(name);
  const error = errorOf(problemsAt(pointer));
  const put = (next: readonly unknown[]) =>
    set(pointer, next.length > 0 || required ? inOrder(next) : undefined);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= items.length) return;
    put(moved(items, from, to));
    // The focus goes with the item.
    const focused = document.activeElement?.closest("[data-focus]")?.getAttribute("data-focus");
    refocus.current = () => focusIn(around.current, to, focused);
  };
  return (
    <fieldset ref={around} className={styles.list} data-pointer={pointer} data-lit={useLit(pointer)}>
      <legend className={styles.legend}>
        <span>{label}</span> <Count used={items.length} limit={limitOf(body, pointer)} />
      </legend>
      {error && <p className={styles.error}>{error}</p>}
      {items.map((item, index) => (
        <Item
          // biome-ignore lint/suspicious/noArrayIndexKey: an item has nothing else that stays while it is written
          key={index}
          {...{ what, index, count: items.length, move }}
          remove={() => put(items.filter((_, other) => other !== index))}
        >
          <Inner
            name={name}
            label={words.numbered(what, index + 1)}
            shape={shape.of}
            pointer={`${pointer}/${index}`}
            value={item}
            required
          />
        </Item>
      ))}
      <Button
        small
        icon="plus"
        onClick={() => put([...items, nextItem(shape.of, name, items, idsIn(body.content))])}
      >
        {words.add(what)}
      </Button>
    </fieldset>
  );
}

function focusIn(around: HTMLElement | null, index: number, focused: string | null | undefined): void {
  const item = around?.querySelectorAll<HTMLElement>(":scope > [data-item]")[index];
  const target = focused
    ? item?.querySelector<HTMLElement>(`[data-focus="${focused}"] button, button[data-focus="${focused}"]`)
    : undefined;
  (target ?? item?.querySelector<HTMLElement>("input, textarea, select"))?.focus();
}

function limitOf(body: Record<string, unknown>, pointer: string): number | undefined {
  const isRows = /\/sections\/\d+\/rows$/.test(pointer);
  return isRows ? maxRows.max : limitsAt(body, pointer).find(({ unit }) => unit === "items")?.max;
}

function Count({ used, limit }: { used: number; limit?: number }) {
  if (limit === undefined) return null;
  const state = used > limit ? "over" : "fine";
  return (
    <span className={styles.count} data-state={state}>
      {used} {texts.controls.of} {limit}
    </span>
  );
}

interface ItemProps {
  what: string;
  index: number;
  count: number;
  move: (from: number, to: number) => void;
  remove: () => void;
  children: React.ReactNode;
}

function Item({ what, index, count, move, remove, children }: ItemProps) {
  const title = words.numbered(what, index + 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!event.altKey || by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    move(index, index + by);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are a short cut for the buttons inside
    <div className={styles.item} data-item onKeyDown={onKeyDown}>
      <div className={styles.itemHead}>
        <span className={styles.itemTitle}>{title}</span>
        <span className={styles.itemActions}>
          <IconButton
            label={words.up(title)}
            icon="chevron-up"
            data-focus="up"
            aria-disabled={index === 0}
            onClick={() => move(index, index - 1)}
          />
          <IconButton
            label={words.down(title)}
            icon="chevron-down"
            data-focus="down"
            aria-disabled={index === count - 1}
            onClick={() => move(index, index + 1)}
          />
          <IconButton label={words.remove(title)} icon="trash" onClick={remove} />
        </span>
      </div>
      {children}
    </div>
  );
}
