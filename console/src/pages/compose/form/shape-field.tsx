import type { ObjectShape, Shape } from "../../../../../src/core/shape.ts";
import { Button } from "../../../controls/button.tsx";
import { texts } from "../../../texts/texts.ts";
import { blankOf } from "../blank.ts";
import { ChoiceField } from "./choice-field.tsx";
import styles from "./form.module.css";
import { type ShapeFieldProps, useForm } from "./form-context.ts";
import { ListField } from "./list-field.tsx";
import { useLit } from "./lit.ts";
import { isSilent, ObjectFields } from "./object-fields.tsx";
import { PairsField } from "./pairs-field.tsx";
import { JsonField, NumberField, SwitchField } from "./plain-fields.tsx";
import { errorOf, type FieldProps, TextField } from "./text-field.tsx";

/** The field for a value of any shape: so a new type of message has a form as soon as it has a shape. */
export function ShapeField({ shape, name, ...props }: ShapeFieldProps) {
  switch (shape.is) {
    case "string":
      return <TextField shape={shape} {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "boolean":
      return <SwitchField {...props} />;
    case "list":
      return <ListField shape={shape} name={name} {...props} />;
    case "strings":
      return <PairsField {...props} />;
    case "json":
      return <JsonField {...props} />;
    case "object":
      return <ObjectField shape={shape} name={name} {...props} />;
    default:
      return <ChoiceField shape={shape} name={name} {...props} />;
  }
}

/** The one text that an object is about; undefined where it has more. */
function onlyText(shape: ObjectShape): [name: string, shape: Extract<Shape, { is: "string" }>] | undefined {
  const seen = Object.entries({ ...shape.required, ...shape.optional }).filter(
    ([name, of]) => !isSilent(name, of),
  );
  const [[name, of] = []] = seen;
  return seen.length === 1 && name !== undefined && of?.is === "string" ? [name, of] : undefined;
}

function ObjectField(props: FieldProps & { shape: ObjectShape; name: string }) {
  const { shape, name, label, pointer, value, required } = props;
  const { set, problemsAt } = useForm();
  const lit = useLit(pointer);
  const text = onlyText(shape);
  if (text) {
    const held = (value as Record<string, unknown> | undefined)?.[text[0]];
    const at = `${pointer}/${text[0]}`;
    return <TextField {...{ label, required, shape: text[1], pointer: at, value: held, removes: pointer }} />;
  }
  if (value === undefined && !required) {
    return (
      <Button small icon="plus" onClick={() => set(pointer, blankOf(shape, name))}>
        {texts.composeForm.add(label)}
      </Button>
    );
  }
  const error = errorOf(problemsAt(pointer));
  const fields = <ObjectFields name={name} shape={shape} pointer={pointer} value={value} />;
  if (required)
    return (
      <div className={styles.place} data-pointer={pointer} data-lit={lit}>
        {error && <p className={styles.error}>{error}</p>}
        {fields}
      </div>
    );
  return (
    <fieldset className={styles.list} data-pointer={pointer} data-lit={lit}>
      <legend className={styles.legend}>{label}</legend>
      {error && <p className={styles.error}>{error}</p>}
      {fields}
      <Button small kind="ghost" icon="trash" onClick={() => set(pointer, undefined)}>
        {texts.composeForm.remove(label)}
      </Button>
    </fieldset>
  );
}
