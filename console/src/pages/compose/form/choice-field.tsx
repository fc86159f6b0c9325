import { isObject } from "../../../../../src/core/json.ts";
import type { Shape } from "../../../../../src/core/shape.ts";
import { Field } from "../../../controls/field.tsx";
import { Select } from "../../../controls/select.tsx";
import { texts } from "../../../texts/texts.ts";
import { blankOf } from "../blank.ts";
import { memberOf } from "../shape-fields.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { useLit } from "./lit.ts";
import { ObjectFields } from "./object-fields.tsx";
import { errorOf, type FieldProps } from "./text-field.tsx";
import { nameOfChoice } from "./wording.ts";

type ChoiceShape = Extract<Shape, { is: "variant" | "either" }>;

/** An object that is one of several kinds: which one, and its fields. */
export function ChoiceField(props: FieldProps & { shape: ChoiceShape; name: string }) {
  const { label, pointer, value, required, shape, name } = props;
  const { set, problemsAt } = useForm();
  const member = memberOf(shape, value);
  const lit = useLit(pointer);
  const members = Object.keys(shape.of);
  const options = [
    ...(required && member !== undefined ? [] : [{ value: "", label: texts.composeForm.none }]),
    ...members.map((one) => ({ value: one, label: nameOfChoice(one) })),
  ];
  const choose = (next: string) => set(pointer, next === "" ? undefined : turned(shape, value, next));
  // With one kind alone there is nothing to choose but whether it is there.
  const isPlain = members.length === 1 && required;
  const problems = [...problemsAt(pointer), ...(shape.is === "variant" ? problemsAt(`${pointer}/type`) : [])];
  return (
    <div className={styles.place} data-pointer={pointer} data-lit={lit}>
      {!isPlain && (
        <Field label={label} optional={!required} error={errorOf(problems)}>
          <Select value={member ?? ""} onChange={choose} options={options} />
        </Field>
      )}
      {member !== undefined && (
        <ObjectFields name={name} shape={shape.of[member]!} pointer={pointer} value={value} />
      )}
    </div>
  );
}

/** The same object as another kind: what both have stays. */
function turned(shape: ChoiceShape, value: unknown, member: string): unknown {
  const blank = blankOf(shape, member, member) as Record<string, unknown>;
  const other = shape.of[member]!;
  const known = { ...other.required, ...other.optional };
  const before = isObject(value) ? Object.entries(value) : [];
  const kept = before.filter(([key]) => Object.hasOwn(known, key) && !Object.hasOwn(blank, key));
  return { ...Object.fromEntries(kept), ...blank };
}
