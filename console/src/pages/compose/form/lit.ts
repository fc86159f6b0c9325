import { isWithin } from "../value.ts";
import { useForm } from "./form-context.ts";

/** Whether a field is what a step changed, or inside of it. */
export function useLit(pointer: string): true | undefined {
  const { lit } = useForm();
  return lit?.some((path) => isWithin(pointer, path)) ? true : undefined;
}
