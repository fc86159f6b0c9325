import { isObject } from "../../../../../src/core/json.ts";
import type { ObjectShape, Shape } from "../../../../../src/core/shape.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { nameOfField } from "./wording.ts";

/** From top to bottom as on a phone; what is not named here follows. */
const order = ["header", "body", "text", "footer", "title", "description", "id"];

/** What says nothing to a person: constants, and numbers that the form keeps in order itself. */
export function isSilent(name: string, shape: Shape): boolean {
  return name === "card_index" || (shape.is === "string" && shape.values?.length === 1);
}

interface ObjectFieldsProps {
  name: string;
  shape: ObjectShape;
  pointer: string;
  value: unknown;
}

/** The fields of an object, one under the other. */
export function ObjectFields({ name, shape, pointer, value }: ObjectFieldsProps) {
  const { Inner } = useForm();
  const held = isObject(value) ? value : {};
  const fields = [...named(shape.required, true), ...named(shape.optional, false)]
    .filter((field) => field.name !== "type" || field.shape.is !== "string" || !field.shape.values)
    .filter((field) => !isSilent(field.name, field.shape))
    .sort((left, right) => rank(left.name) - rank(right.name));
  return (
    <div className={styles.fields}>
      {fields.map((field) => (
        <Inner
          key={field.name}
          name={field.name}
          label={nameOfField(labelled(name, field.name))}
          shape={field.shape}
          pointer={`${pointer}/${field.name}`}
          value={held[field.name]}
          required={field.required}
        />
      ))}
    </div>
  );
}

/** A text inside of something is called after it. */
function labelled(around: string, name: string): string {
  if (name !== "text" || around === "text") return name;
  return around === "header" ? "header_text" : around;
}

function named(fields: Record<string, Shape>, required: boolean) {
  return Object.entries(fields).map(([name, shape]) => ({ name, shape, required }));
}

function rank(name: string): number {
  const at = order.indexOf(name);
  return at < 0 ? order.length - 1.5 : at;
}
