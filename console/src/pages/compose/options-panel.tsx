import { isObject } from "../../../../src/core/json.ts";
import { requestLimits } from "../../../../src/core/limits.ts";
import { languages } from "../../../../src/core/message.ts";
import { codePoints } from "../../../../src/core/text.ts";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { Switch } from "../../controls/switch.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./page.module.css";
import { valueAt, withValueAt } from "./value.ts";

const words = texts.compose.options;

const labels = ["select", "send_location", "location_hint", "location_prompt"] as const;

interface OptionsPanelProps {
  body: Record<string, unknown>;
  set(pointer: string, value: unknown): void;
}

/** Wishes about how each platform draws; what is not chosen is not written. */
export function OptionsPanel({ body, set }: OptionsPanelProps) {
  const options = isObject(body.options) ? body.options : {};
  const count = Object.keys(options).length;
  const put = (pointer: string, value: unknown) =>
    set("/options", withoutHollows(withValueAt(options, pointer, value)));
  const chosen = (pointer: string) => String(valueAt(options, pointer) ?? "");
  return (
    <details className={styles.options}>
      <summary>
        {words.title} {count > 0 && `(${count})`}
      </summary>
      <div className={styles.optionFields}>
        <Field label={words.telegram}>
          <Select
            value={chosen("/telegram/list")}
            onChange={(value) => put("/telegram/list", value || undefined)}
            options={choices(words.telegramLists)}
          />
        </Field>
        <Field label={words.instagram}>
          <Select
            value={chosen("/instagram/button")}
            onChange={(value) => put("/instagram/button", value || undefined)}
            options={choices(words.instagramButtons)}
          />
        </Field>
        <Field label={words.language}>
          <Select
            value={chosen("/language")}
            onChange={(value) => put("/language", value || undefined)}
            options={[
              { value: "", label: words.languageDefault },
              ...languages.map((value) => ({ value: String(value), label: words.languages[value] })),
            ]}
          />
        </Field>
        {labels.map((name) => (
          <LabelField
            key={name}
            name={name}
            value={chosen(`/labels/${name}`)}
            onChange={(value) => put(`/labels/${name}`, value || undefined)}
          />
        ))}
        <Switch
          label={words.whatsapp}
          checked={valueAt(options, "/whatsapp/strict_order") === true}
          onChange={(checked) => put("/whatsapp/strict_order", checked || undefined)}
        />
      </div>
    </details>
  );
}

interface LabelFieldProps {
  name: (typeof labels)[number];
  value: string;
  onChange(value: string): void;
}

/** A word of one's own for one that the gateway would add. */
function LabelField({ name, value, onChange }: LabelFieldProps) {
  const max = requestLimits.find(({ at }) => at === `/options/labels/${name}`)?.max;
  const counter =
    max === undefined
      ? undefined
      : { used: codePoints(value), limit: max, unit: texts.composeForm.units.code_points! };
  return (
    <div data-pointer={`/options/labels/${name}`}>
      <Field label={words.labels[name]} optional counter={counter}>
        <TextInput value={value} onChange={({ target }) => onChange(target.value)} />
      </Field>
    </div>
  );
}

function choices(named: Record<string, string>) {
  const all = Object.entries(named).map(([value, label]) => ({ value, label }));
  return [{ value: "", label: texts.composeForm.notChosen }, ...all];
}

/** Without objects that hold nothing any more. */
function withoutHollows(options: unknown): unknown {
  const kept = Object.entries(options as object).filter(
    ([, value]) => !isObject(value) || Object.keys(value).length > 0,
  );
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
