import { texts } from "../../../texts/texts.ts";

/** What a field is called; a field that has no words here yet is called by its own name. */
export function nameOfField(name: string): string {
  const { fields } = texts.composeForm;
  return Object.hasOwn(fields, name) ? fields[name]! : spelled(name);
}

/** What one item of a list is called. */
export function nameOfItem(list: string): string {
  const { items, item } = texts.composeForm;
  return Object.hasOwn(items, list) ? items[list]! : item;
}

/** What a member of a choice is called. */
export function nameOfChoice(member: string): string {
  const { choices } = texts.composeForm;
  return Object.hasOwn(choices, member) ? choices[member]! : nameOfField(member);
}

export function spelled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
