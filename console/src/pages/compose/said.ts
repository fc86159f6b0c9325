import { texts } from "../../texts/texts.ts";
import { nameOfField, nameOfItem } from "./form/wording.ts";
import { steps } from "./value.ts";

/** Objects around a message that no label of the form names. */
const around = new Set(["content", "interactive", "action", "parameters", "options", "reply", "quick_reply"]);

/** A card is chosen to have a link or quick replies: that choice has a label. */
const isOfCard = (name: string, names: readonly string[]) =>
  name === "action" && names.includes("cards") && names.at(-1) === name;

/** A problem in the words of the form: the API's name of a field becomes its label. The JSON keeps the API's. */
export function saidOf({ message, hint }: { message: string; hint?: string }): string {
  const said = [message, hint].filter(Boolean).join(" ");
  return said
    .replace(/`([^`]+)`/g, (_, name: string) => `“${labelOf(name)}”`)
    .replace(/\/content(?:\/[\w~]+)+/g, (pointer) => `“${whereOf(pointer)}”`);
}

/** `title`, or `buttons/0`: an item by its number. */
function labelOf(name: string): string {
  const [field = "", index] = name.split("/");
  return index === undefined ? nameOfField(field) : `${nameOfItem(field)} ${Number(index) + 1}`;
}

/** The way to a field as somebody goes it on the form: `Section 1 › Row 2 › Title`. */
export function whereOf(pointer: string): string {
  const names = steps(pointer);
  const way = names.flatMap((name, at) => {
    if (/^\d+$/.test(name)) return [];
    const next = names[at + 1];
    if (next !== undefined && /^\d+$/.test(next)) return [labelOf(`${name}/${next}`)];
    return around.has(name) && !isOfCard(name, names) ? [] : [nameOfField(name)];
  });
  return way.length > 0 ? way.join(" › ") : texts.compose.whole;
}
