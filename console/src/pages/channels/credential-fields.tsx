import type { CredentialField } from "../../api/capabilities.ts";
import type { FieldProblem } from "../../api/request.ts";
import { Field } from "../../controls/field.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";

const { channels: words } = texts;

interface CredentialFieldsProps {
  fields: readonly CredentialField[];
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
  problems: readonly FieldProblem[];
  /** Of a channel that is there: only what has changed is filled in. */
  isChange?: boolean;
}

/** A form made from a platform's own list of credentials, with its help at each field. */
export function CredentialFields({ fields, values, onChange, problems, isChange }: CredentialFieldsProps) {
  return fields.map(({ name, label, help, secret, required, of }) => (
    <Field
      key={name}
      label={label}
      help={[help, of === "app" ? `${words.ofApp}.` : "", secret ? words.secretHelp : ""]
        .filter(Boolean)
        .join(" ")}
      optional={!required || isChange}
      error={problems.find(({ pointer }) => pointer === `/credentials/${name}`)?.message}
    >
      <TextInput
        mono
        type={secret ? "password" : "text"}
        autoComplete="off"
        spellCheck={false}
        value={values[name] ?? ""}
        required={required && !isChange}
        onChange={(event) => onChange({ ...values, [name]: event.target.value })}
      />
    </Field>
  ));
}

/** What was filled in. */
export function filledIn(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
}
