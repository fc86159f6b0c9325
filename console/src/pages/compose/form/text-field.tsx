import type { SizeLimit } from "../../../../../src/core/limits.ts";
import type { Shape } from "../../../../../src/core/shape.ts";
import { measure } from "../../../../../src/core/text.ts";
import { Field } from "../../../controls/field.tsx";
import { Select } from "../../../controls/select.tsx";
import { TextArea } from "../../../controls/text-area.tsx";
import { TextInput } from "../../../controls/text-input.tsx";
import { texts } from "../../../texts/texts.ts";
import { saidOf } from "../said.ts";
import { limitsAt } from "../shape-fields.ts";
import styles from "./form.module.css";
import { useForm } from "./form-context.ts";
import { useLit } from "./lit.ts";

const words = texts.composeForm;
const longFrom = 100;

export interface FieldProps {
  label: string;
  pointer: string;
  value: unknown;
  required: boolean;
  help?: string;
  /** What is taken away when nothing is left: the object around a text that is all it holds. */
  removes?: string;
}

/** What is wrong with a field, as its words and its hint. */
export function errorOf(problems: { message: string; hint?: string }[]): string | undefined {
  const said = problems.map(saidOf);
  return said.length > 0 ? said.join(" ") : undefined;
}

type StringShape = Extract<Shape, { is: "string" }>;

/** One text: a line, several lines, or one of a few values. */
export function TextField({ shape, ...props }: FieldProps & { shape: StringShape }) {
  const { label, pointer, value, required, removes } = props;
  const { body, set, problemsAt } = useForm();
  const lit = useLit(pointer);
  const text = typeof value === "string" ? value : "";
  const limits = limitsAt(body, pointer);
  const change = (next: string) =>
    set(
      next === "" && !required ? (removes ?? pointer) : pointer,
      next === "" && !required ? undefined : next,
    );
  const problems = [...problemsAt(pointer), ...(removes && removes !== pointer ? problemsAt(removes) : [])];
  return (
    <div className={styles.place} data-pointer={pointer} data-lit={lit}>
      <Field
        label={label}
        optional={!required}
        error={errorOf(problems)}
        counter={counterOf(text, limits)}
        help={secondCounter(text, limits)}
      >
        {shape.values ? (
          <Select value={text} onChange={change} options={optionsOf(shape.values, required)} />
        ) : isLong(limits) ? (
          <TextArea rows={2} value={text} onChange={(event) => change(event.target.value)} />
        ) : (
          <TextInput
            mono={isCode(pointer)}
            value={text}
            onChange={(event) => change(event.target.value)}
            spellCheck={!isCode(pointer)}
          />
        )}
      </Field>
    </div>
  );
}

function optionsOf(values: readonly string[], required: boolean) {
  const all = values.map((value) => ({ value, label: value }));
  return required ? all : [{ value: "", label: words.notChosen }, ...all];
}

function isLong(limits: readonly SizeLimit[]): boolean {
  return limits.some(
    ({ unit, max = 0 }) => unit === "code_points" && max >= longFrom && max !== 200 && max !== 256,
  );
}

function isCode(pointer: string): boolean {
  return /\/(?:id|link|url|[a-z_]+_id|flow_token)$/.test(pointer);
}

/** The counter beside a field: of its first limit, in the unit in which the platform counts. */
function counterOf(text: string, limits: readonly SizeLimit[]) {
  const limit = limits.find(
    ({ unit, max }) => unit !== undefined && unit !== "line_breaks" && max !== undefined,
  );
  if (!limit?.unit) return undefined;
  return { used: measure(text, limit.unit), limit: limit.max!, unit: words.units[limit.unit]! };
}

function secondCounter(text: string, limits: readonly SizeLimit[]): string | undefined {
  const limit = limits.find(({ unit }) => unit === "line_breaks");
  if (!limit) return undefined;
  const used = measure(text, "line_breaks");
  return `${used} ${texts.controls.of} ${limit.max} ${words.units.line_breaks}`;
}
