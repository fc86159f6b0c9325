import { isObject } from "../../../../src/core/json.ts";
import { languages } from "../../../../src/core/message.ts";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { Switch } from "../../controls/switch.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./page.module.css";
import { valueAt, withValueAt } from "./value.ts";

const words = texts.compose.options;

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
        <Switch
          label={words.whatsapp}
          checked={valueAt(options, "/whatsapp/strict_order") === true}
          onChange={(checked) => put("/whatsapp/strict_order", checked || undefined)}
        />
      </div>
    </details>
  );
}

function choices(named: Record<string, string>) {
  const all = Object.entries(named).map(([value, label]) => ({ value, label }));
  return [{ value: "", label: texts.compose.notChosen }, ...all];
}

/** Without objects that hold nothing any more. */
function withoutHollows(options: unknown): unknown {
  const kept = Object.entries(options as object).filter(
    ([, value]) => !isObject(value) || Object.keys(value).length > 0,
  );
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
