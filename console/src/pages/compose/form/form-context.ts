import { type ComponentType, createContext, useContext } from "react";
import type { FieldProblem } from "../../../../../src/core/problem.ts";
import type { Shape } from "../../../../../src/core/shape.ts";
import type { FieldProps } from "./text-field.tsx";

/** What the field for a value of any shape needs. */
export type ShapeFieldProps = FieldProps & { shape: Shape; name: string };

/** What every field of the form needs to know; pointers are those of the canonical message. */
export interface FormContext {
  /** The body with its spellings folded. */
  body: Record<string, unknown>;
  /** Sets what stands at a pointer; undefined takes it away. */
  set(pointer: string, value: unknown): void;
  /** What is wrong at exactly this pointer. */
  problemsAt(pointer: string): FieldProblem[];
  /** Draws the field of any shape: fields hold fields to any depth, and none of them imports the one around it. */
  Inner: ComponentType<ShapeFieldProps>;
  /** What a step of a ledger changed, while somebody looks at it. */
  lit?: readonly string[];
}

export const FormContext = createContext<FormContext | undefined>(undefined);

export function useForm(): FormContext {
  const form = useContext(FormContext);
  if (!form) throw new Error("A field stands outside of its form.");
  return form;
}
