import { type KeyboardEvent, useEffect, useId, useState } from "react";
import styles from "./combobox.module.css";
import { IconButton } from "./icon-button.tsx";
import { TextInput } from "./text-input.tsx";

export interface ComboboxOption {
  value: string;
  label: string;
  /** What tells it from another of the same label. */
  detail?: string;
}

interface ComboboxProps {
  placeholder: string;
  /** Of the button that takes the choice back. */
  clearLabel: string;
  /** What is typed, or what was chosen. */
  text: string;
  isChosen: boolean;
  options: readonly ComboboxOption[];
  /** They are of the text that stands there; until then Enter waits. */
  isSettled: boolean;
  /** Said where there are no options. */
  nothing: string;
  /** Undefined: nobody types any more. */
  onText: (text: string | undefined) => void;
  /** Empty: taken back. */
  onChoose: (value: string) => void;
}

/** One of many, found by typing. Its name comes from the `Field` around it. */
export function Combobox(props: ComboboxProps) {
  const { placeholder, clearLabel, text, isChosen, options, isSettled, nothing, onText, onChoose } = props;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const at = Math.min(active, options.length - 1);
  const close = () => {
    setOpen(false);
    setEntered(false);
    onText(undefined);
  };
  const type = (next: string) => {
    setOpen(true);
    setActive(0);
    setEntered(false);
    onText(next);
  };
  const choose = (value: string) => {
    onChoose(value);
    close();
  };
  const setEntered = useEntered(isSettled, () => options[at] && choose(options[at].value));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && !isOpen) type(isChosen ? "" : text);
    else if (step !== undefined) setActive((at + step + options.length) % Math.max(options.length, 1));
    else if (event.key === "Enter" && isOpen && (options[at] || !isSettled)) setEntered(true);
    else if (event.key === "Escape" && isOpen) close();
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.around}>
      <TextInput
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && options[at] ? `${id}-${at}` : undefined}
        autoComplete="off"
        maxLength={200}
        placeholder={placeholder}
        value={text}
        onChange={({ target }) => type(target.value)}
        onFocus={({ target }) => target.select()}
        onClick={() => isOpen || type(isChosen ? "" : text)}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      {isChosen && !isOpen && (
        <IconButton className={styles.clear} label={clearLabel} icon="close" onClick={() => choose("")} />
      )}
      {isOpen && (
        <div className={styles.list}>
          <Options
            id={id}
            name={placeholder}
            options={options}
            at={at}
            onPoint={setActive}
            onChoose={choose}
          />
          {options.length === 0 && (
            <p className={styles.nothing} role="status">
              {nothing}
            </p>
          )}
        </div>
      )}
    </div>
  );
}

/** Enter, which takes what is offered once that is of the text that stands there. */
function useEntered(isSettled: boolean, take: () => void) {
  const [isEntered, setEntered] = useState(false);
  useEffect(() => {
    if (!isEntered || !isSettled) return;
    setEntered(false);
    take();
  });
  return setEntered;
}

interface OptionsProps {
  id: string;
  name: string;
  options: readonly ComboboxOption[];
  /** The one that Enter takes. */
  at: number;
  onPoint: (index: number) => void;
  onChoose: (value: string) => void;
}

function Options({ id, name, options, at, onPoint, onChoose }: OptionsProps) {
  return (
    <div role="listbox" id={`${id}-list`} aria-label={name} hidden={options.length === 0}>
      {options.map(({ value, label, detail }, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, which keeps the focus
        <div
          key={value}
          role="option"
          tabIndex={-1}
          id={`${id}-${index}`}
          className={styles.option}
          aria-selected={index === at}
          onMouseDown={(event) => event.preventDefault()}
          onMouseMove={() => onPoint(index)}
          onClick={() => onChoose(value)}
        >
          <span dir="auto">{label}</span>
          {detail && <small dir="auto">{detail}</small>}
        </div>
      ))}
    </div>
  );
}
