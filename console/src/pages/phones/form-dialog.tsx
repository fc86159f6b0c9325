import { useState } from "react";
import { Button } from "../../controls/button.tsx";
import { Dialog } from "../../controls/dialog.tsx";
import { Field } from "../../controls/field.tsx";
import { TextArea } from "../../controls/text-area.tsx";
import { texts } from "../../texts/texts.ts";

const words = texts.people.form;
const example = `{
  "name": "Ana Souza",
  "city": "São Paulo"
}`;

interface FormDialogProps {
  open: boolean;
  onClose(): void;
  onSubmit(values: object): void;
}

/** What a person fills in where the business asks with a form: the form itself is drawn by the platform. */
export function FormDialog({ open, onClose, onSubmit }: FormDialogProps) {
  const [text, setText] = useState(example);
  const values = objectIn(text);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={words.title}
      actions={
        <>
          <Button onClick={onClose}>{texts.people.place.cancel}</Button>
          <Button kind="primary" disabled={!values} onClick={() => values && onSubmit(values)}>
            {words.submit}
          </Button>
        </>
      }
    >
      <Field label={words.values} help={words.intro} error={values ? undefined : words.wrong}>
        <TextArea rows={6} value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
    </Dialog>
  );
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
