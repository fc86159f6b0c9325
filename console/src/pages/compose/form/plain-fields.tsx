import { useState } from "react";
import { isObject } from "../../../../../src/core/json.ts";
import { Field } from "../../../controls/field.tsx";
import { Switch } from "../../../controls/switch.tsx";
import { TextArea } from "../../../controls/text-area.tsx";
import { TextInput } from "../../../controls/text-input.tsx";
import { texts } from "../../../texts/texts.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { useLit } from "./lit.ts";
import { errorOf, type FieldProps } from "./text-field.tsx";

/** A number. What is no number yet stays in the field and out of the message. */
export function NumberField({ label, pointer, value, required }: FieldProps) {
  const { set, problemsAt } = useForm();
  const [typed, setTyped] = useState<string>();
  const shown =
    typed !== undefined && Number(typed) === value ? typed : value === undefined ? "" : String(value);
  return (
    <div className={styles.place} data-pointer={pointer} data-lit={useLit(pointer)}>
      <Field label={label} optional={!required} error={errorOf(problemsAt(pointer))}>
        <TextInput
          type="number"
          step="any"
          value={shown}
          onChange={({ target }) => {
            setTyped(target.value);
            if (target.value !== "") set(pointer, Number(target.value));
            else if (!required) set(pointer, undefined);
          }}
        />
      </Field>
    </div>
  );
}

/** Yes or no. */
export function SwitchField({ label, pointer, value, required }: FieldProps) {
  const { set } = useForm();
  return (
    <div className={styles.place} data-pointer={pointer} data-lit={useLit(pointer)}>
      <Switch
        label={label}
        checked={value === true}
        onChange={(checked) => set(pointer, checked || required ? checked : undefined)}
      />
    </div>
  );
}

/** An object under free names, as JSON. */
export function JsonField({ label, pointer, value, required }: FieldProps) {
  const { set, problemsAt } = useForm();
  const [typed, setTyped] = useState<string>();
  const read = typed === undefined ? undefined : objectIn(typed);
  const isOwn = read !== undefined && JSON.stringify(read) === JSON.stringify(value);
  const isBroken = typed !== undefined && read === undefined;
  const shown = isOwn || isBroken ? typed! : value === undefined ? "" : JSON.stringify(value, null, 2);
  return (
    <div className={styles.place} data-pointer={pointer} data-lit={useLit(pointer)}>
      <Field
        label={label}
        optional={!required}
        error={isBroken ? texts.composeForm.jsonField : errorOf(problemsAt(pointer))}
        help={isBroken ? undefined : texts.composeForm.jsonField}
      >
        <TextArea
          mono
          rows={2}
          value={shown}
          onChange={({ target }) => {
            setTyped(target.value === "" ? undefined : target.value);
            const next = objectIn(target.value);
            if (next !== undefined) set(pointer, next);
            else if (target.value === "" && !required) set(pointer, undefined);
          }}
        />
      </Field>
    </div>
  );
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
