import type { Control, Part, Screen } from "../../console/src/phones/screen.ts";

/** The texts of a screen in the order in which they are read, without the rows of a closed list. */
export function wordsOf({ bubbles, quickReplies, keyboard }: Screen): string[] {
  const all = bubbles.flatMap(({ parts }) => parts.flatMap(partWords));
  return [...all, ...labels(quickReplies?.controls), ...labels(keyboard?.controls)];
}

/** The labels of everything that can be pressed, in order. */
export function controlsOf({ bubbles, quickReplies, keyboard }: Screen): string[] {
  const all = bubbles.flatMap(({ parts }) => parts.flatMap(partControls));
  return [...all, ...labels(quickReplies?.controls), ...labels(keyboard?.controls)];
}

const labels = (controls: readonly Control[] = []) => controls.map(({ label }) => label);

function partWords(part: Part): string[] {
  switch (part.kind) {
    case "header":
    case "text":
    case "footer":
      return [part.text.text];
    case "controls":
      return labels(part.controls);
    case "list":
      return [part.control.label];
    case "cards":
      return part.cards.flatMap(({ title, text, controls }) => [
        ...(title === undefined ? [] : [title]),
        ...(text ? [text.text] : []),
        ...labels(controls),
      ]);
    case "poll":
      return [part.poll.question, ...part.poll.options.map(({ text }) => text)];
    case "place":
      return [part.place.name, part.place.address].filter((words) => words !== undefined);
    case "contacts":
      return part.contacts.flatMap(({ name, phones }) => [name, ...phones]);
    default:
      return [];
  }
}

function partControls(part: Part): string[] {
  if (part.kind === "controls") return labels(part.controls);
  if (part.kind === "list") return [part.control.label];
  if (part.kind === "cards") return part.cards.flatMap(({ controls }) => labels(controls));
  if (part.kind === "poll") return part.poll.options.map(({ text }) => text);
  return [];
}
