import { useId, useState } from "react";
import { isObject } from "../../../../../src/core/json.ts";
import { Button } from "../../../controls/button.tsx";
import { IconButton } from "../../../controls/icon-button.tsx";
import { TextInput } from "../../../controls/text-input.tsx";
import { texts } from "../../../texts/texts.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { useLit } from "./lit.ts";
import { errorOf, type FieldProps } from "./text-field.tsx";

const { pairs: words } = texts.composeForm;

type Pair = readonly [name: string, text: string];

/** Texts under free names, a row each. A row without a name yet stays here, and out of the message. */
export function PairsField({ label, pointer, value, help }: FieldProps) {
  const { set, problemsAt } = useForm();
  const id = useId();
  const json = JSON.stringify(value ?? {});
  const [held, setHeld] = useState({ json, pairs: pairsIn(value) });
  // Somebody wrote it elsewhere, in the JSON.
  if (held.json !== json) setHeld({ json, pairs: pairsIn(value) });
  const put = (pairs: readonly Pair[]) => {
    const next = Object.fromEntries(pairs.filter(([name]) => name !== ""));
    const isEmpty = Object.keys(next).length === 0;
    setHeld({ json: JSON.stringify(next), pairs });
    set(pointer, isEmpty ? undefined : next);
  };
  const { pairs } = held;
  const error = errorOf(problemsAt(pointer));
  return (
    <fieldset className={styles.list} data-pointer={pointer} data-lit={useLit(pointer)}>
      <legend className={styles.legend}>{label}</legend>
      {help && <p className={styles.help}>{help}</p>}
      {error && <p className={styles.error}>{error}</p>}
      {pairs.map(([name, text], at) => {
        const change = (pair: Pair) => put(pairs.map((one, other) => (other === at ? pair : one)));
        const isDoubled = name !== "" && pairs.some(([other], where) => where !== at && other === name);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name changes while it is written
          <div key={at} className={styles.pair}>
            <TextInput
              mono
              aria-label={`${words.name} ${at + 1}`}
              aria-invalid={isDoubled}
              aria-describedby={isDoubled ? `${id}-${at}` : undefined}
              value={name}
              onChange={({ target }) => change([target.value, text])}
            />
            <TextInput
              aria-label={`${words.value} ${at + 1}`}
              value={text}
              onChange={({ target }) => change([name, target.value])}
            />
            <IconButton
              label={`${words.remove} ${at + 1}`}
              icon="trash"
              onClick={() => put(pairs.filter((_, other) => other !== at))}
            />
            {isDoubled && (
              <p id={`${id}-${at}`} className={styles.error} role="alert">
                {words.doubled}
              </p>
            )}
          </div>
        );
      })}
      <Button small icon="plus" onClick={() => put([...pairs, ["", ""]])}>
        {words.add}
      </Button>
    </fieldset>
  );
}

function pairsIn(value: unknown): readonly Pair[] {
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, text]) => [
    name,
    typeof text === "string" ? text : JSON.stringify(text),
  ]);
}
