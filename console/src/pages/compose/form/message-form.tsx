import { type ReactNode, useMemo } from "react";
import type { MessageType } from "../../../../../src/core/message.ts";
import type { FieldProblem } from "../../../../../src/core/problem.ts";
import { Field } from "../../../controls/field.tsx";
import { texts } from "../../../texts/texts.ts";
import { shownOf } from "../judge.ts";
import { asType, interactiveTypes, plainTypes, typeIn } from "../message-types.ts";
import { shapeAt } from "../shape-fields.ts";
import { valueAt } from "../value.ts";
import styles from "./form.module.css";
import { FormContext } from "./form-context.ts";
import { ShapeField } from "./shape-field.tsx";
import { TypeSelect } from "./type-select.tsx";
import { nameOfField } from "./wording.ts";

const words = texts.compose;

interface MessageFormProps {
  body: Record<string, unknown>;
  problems: readonly FieldProblem[];
  lit?: readonly string[];
  set(pointer: string, value: unknown): void;
  become(body: Record<string, unknown>): void;
  /** What stands below the fields of the message. */
  children?: ReactNode;
}

/** The message as a form: it shows the canonical message, and writes where each thing is written. */
export function MessageForm({ body, problems, lit, set, become, children }: MessageFormProps) {
  const shown = useMemo(() => shownOf(body), [body]);
  const context = useMemo<FormContext>(
    () => ({
      body: shown.body,
      lit,
      Inner: ShapeField,
      set: (pointer, value) => set(shown.written(pointer), value),
      problemsAt: (pointer) => {
        const written = shown.written(pointer);
        return problems.filter((problem) => problem.pointer === written || problem.pointer === pointer);
      },
    }),
    [shown, problems, lit, set],
  );
  const found = typeIn(shown.body);
  const shape = found && shapeAt(shown.body, found.pointer);
  const name = found?.pointer.split("/")[2] ?? "";
  return (
    <FormContext value={context}>
      <form className={styles.form} aria-label={words.formLabel} onSubmit={(event) => event.preventDefault()}>
        <Field label={words.type}>
          <TypeSelect
            value={found?.type}
            groups={[
              { label: words.interactive, types: interactiveTypes },
              { label: words.plain, types: plainTypes },
            ]}
            onChange={(type) => become(asType(body, type as MessageType))}
          />
        </Field>
        {shape && (
          <ShapeField
            key={found.type}
            name={name}
            label={nameOfField(name)}
            // The type is chosen above.
            shape={shape.is === "variant" ? shape.of[found.type]! : shape}
            pointer={found.pointer}
            value={valueAt(shown.body, found.pointer)}
            required
          />
        )}
        {children}
      </form>
    </FormContext>
  );
}
