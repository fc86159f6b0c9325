import { sendShape } from "../../../../../src/core/message-shape.ts";
import { Field } from "../../../controls/field.tsx";
import { Select } from "../../../controls/select.tsx";
import { TextInput } from "../../../controls/text-input.tsx";
import { texts } from "../../../texts/texts.ts";
import page from "../page.module.css";
import { valueAt } from "../value.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { PairsField } from "./pairs-field.tsx";
import { errorOf } from "./text-field.tsx";

const { more: words } = texts.composeForm;

const fields = ["context", "metadata", "ttl_seconds"] as const;
const choices = ["on_ambiguous", "on_failed", "if_window_closed", "origin"] as const;

/** How a message is sent rather than what it says; what is left as it is is not written. */
export function MorePanel() {
  const { body } = useForm();
  const count = [...fields, ...choices].filter((name) => body[name] !== undefined).length;
  return (
    <details className={page.options}>
      <summary>
        {words.title} {count > 0 && `(${count})`}
      </summary>
      <div className={page.optionFields}>
        <TextRow pointer="/context/message_id" around="/context" words={words.context} isCode />
        <PairsField {...words.metadata} pointer="/metadata" value={body.metadata} required={false} />
        <TextRow pointer="/ttl_seconds" words={words.ttl_seconds} isNumber />
        {choices.map((name) => (
          <ChoiceRow key={name} name={name} />
        ))}
      </div>
    </details>
  );
}

interface TextRowProps {
  pointer: string;
  /** What goes with it when it is emptied. */
  around?: string;
  words: { label: string; help: string };
  isNumber?: boolean;
  isCode?: boolean;
}

function TextRow({ pointer, around = pointer, words: { label, help }, isNumber, isCode }: TextRowProps) {
  const { body, set, problemsAt } = useForm();
  const value = valueAt(body, pointer);
  const change = (text: string) =>
    text === "" ? set(around, undefined) : set(pointer, isNumber ? Number(text) : text);
  return (
    <div className={styles.place} data-pointer={pointer}>
      <Field label={label} help={help} optional error={errorOf(problemsAt(pointer))}>
        <TextInput
          type={isNumber ? "number" : "text"}
          mono={isCode}
          value={value === undefined ? "" : String(value)}
          onChange={({ target }) => change(target.value)}
        />
      </Field>
    </div>
  );
}

function ChoiceRow({ name }: { name: (typeof choices)[number] }) {
  const { body, set, problemsAt } = useForm();
  const { label, help, values, unset } = words[name];
  const shape = sendShape.optional[name];
  const known = shape?.is === "string" ? (shape.values ?? []) : [];
  const named: Record<string, string> = values;
  return (
    <div className={styles.place} data-pointer={`/${name}`}>
      <Field label={label} help={help} error={errorOf(problemsAt(`/${name}`))}>
        <Select
          value={String(body[name] ?? "")}
          onChange={(value) => set(`/${name}`, value || undefined)}
          options={[
            { value: "", label: unset },
            ...known.map((value) => ({ value, label: named[value] ?? value })),
          ]}
        />
      </Field>
    </div>
  );
}
