import { nameOf } from "./field-problems.ts";
import { isObject } from "./json.ts";
import { cautiousListBody, maxRows } from "./limits.ts";
import type { MessageType } from "./message.ts";
import type { FieldProblem } from "./problem.ts";
import { placesAt } from "./sizes.ts";
import { codePoints } from "./text.ts";

/** A rule about several fields together. `pointer` leads to `root`, the object of the type. */
export type CrossRule = (root: unknown, pointer: string) => FieldProblem[];

/** The rules that no single field can break. They run on what has the right structure, and stay silent elsewhere. */
export const crossRules: Partial<Record<MessageType, readonly CrossRule[]>> = {
  list: [totalRows],
  carousel: [sameButtons, indexBelowCount, inOrder],
  flow: [payloadOnlyWithNavigate, dataNotEmpty],
};

/** Advice that refuses nothing. */
export const crossWarnings: Partial<Record<MessageType, readonly CrossRule[]>> = { list: [longListBody] };

function totalRows(root: unknown, pointer: string): FieldProblem[] {
  const limit = maxRows.max!;
  const at = `${pointer}/action/sections`;
  const sections = placesAt(root, "/action/sections/*/rows");
  const actual = placesAt(root, "/action/sections/*/rows/*").length;
  // Too many sections, or too many rows in one, is one mistake and told there.
  const toldElsewhere =
    sections.length > limit || sections.some(([, rows]) => Array.isArray(rows) && rows.length > limit);
  if (actual <= limit || toldElsewhere) return [];
  const message = `The sections have ${actual} rows together; a list takes at most ${limit}.`;
  return [
    {
      pointer: at,
      rule: "max_rows",
      limit,
      actual,
      unit: "items",
      message,
      hint: "Remove rows, or send two lists.",
    },
  ];
}

function buttonsOf(card: unknown): string | undefined {
  const action = isObject(card) ? card.action : undefined;
  if (!isObject(action)) return undefined;
  if (Array.isArray(action.buttons)) return `${action.buttons.length} quick replies`;
  return isObject(action.parameters) ? "one URL button" : undefined;
}

function sameButtons(root: unknown, pointer: string): FieldProblem[] {
  const cards = placesAt(root, "/action/cards/*", pointer);
  // A card with too many or too few buttons breaks its own limit, which explains the difference already.
  const wrongCount = placesAt(root, "/action/cards/*/action/buttons").some(
    ([, buttons]) => Array.isArray(buttons) && (buttons.length < 1 || buttons.length > 3),
  );
  const wanted = buttonsOf(cards[0]?.[1]);
  if (wrongCount || wanted === undefined) return [];
  const odd = cards.find(([, card]) => ![undefined, wanted].includes(buttonsOf(card)));
  if (!odd) return [];
  const actual = buttonsOf(odd[1])!;
  const message = `This card has ${actual} and the first one has ${wanted}: all cards need the same kind and number.`;
  return [
    {
      pointer: `${odd[0]}/action`,
      rule: "same_buttons",
      limit: wanted,
      actual,
      message,
      hint: "Give every card the same kind and number of buttons.",
    },
  ];
}

function indexBelowCount(root: unknown, pointer: string): FieldProblem[] {
  const count = placesAt(root, "/action/cards/*").length;
  const limit = count - 1;
  return placesAt(root, "/action/cards/*/card_index", pointer).flatMap(([at, index]) => {
    if (typeof index !== "number" || index <= limit) return [];
    const message = `${nameOf(at)} is ${index}; the cards are counted from 0 to ${limit}.`;
    return [
      {
        pointer: at,
        rule: "maximum",
        limit,
        actual: index,
        message,
        hint: "Number the cards from 0, without gaps.",
      },
    ];
  });
}

/** Told only where every index is right by itself: otherwise the wrong one is the mistake. */
function inOrder(root: unknown, pointer: string): FieldProblem[] {
  const places = placesAt(root, "/action/cards/*/card_index", pointer);
  const sorted = places.map(([, index]) => Number(index)).sort((left, right) => left - right);
  if (sorted.some((index, position) => index !== position)) return [];
  const limit = places.findIndex(([, index], position) => index !== position);
  if (limit < 0) return [];
  const [at, index] = places[limit]!;
  const message = `Card ${limit} says that it is number ${index}: the cards must stand in their order.`;
  return [{ pointer: at, rule: "order", limit, actual: Number(index), message, hint: "Sort the cards." }];
}

function payloadOnlyWithNavigate(root: unknown, pointer: string): FieldProblem[] {
  return placesAt(root, "/action/parameters", pointer).flatMap(([at, parameters]) => {
    if (!isObject(parameters) || parameters.flow_action !== "data_exchange") return [];
    if (!Object.hasOwn(parameters, "flow_action_payload")) return [];
    const message = "`flow_action_payload` only goes with the `navigate` action.";
    const hint = "Remove it, or use `navigate`.";
    return [{ pointer: `${at}/flow_action_payload`, rule: "not_with", limit: "navigate", message, hint }];
  });
}

function dataNotEmpty(root: unknown, pointer: string): FieldProblem[] {
  return placesAt(root, "/action/parameters/flow_action_payload/data", pointer).flatMap(([at, data]) => {
    if (!isObject(data) || Object.keys(data).length > 0) return [];
    const size = { limit: 1, actual: 0, unit: "items" as const };
    return [
      {
        pointer: at,
        rule: "min_items",
        ...size,
        message: "`data` is empty.",
        hint: "Put a value in it, or leave it out.",
      },
    ];
  });
}

function longListBody(root: unknown, pointer: string): FieldProblem[] {
  const { max: limit, unit } = cautiousListBody;
  return placesAt(root, "/body/text", pointer).flatMap(([at, text]) => {
    const actual = typeof text === "string" ? codePoints(text) : 0;
    if (actual <= limit! || actual > 4096) return [];
    const message = `\`text\` has ${actual} characters; some of WhatsApp's own pages allow a list only ${limit}.`;
    return [
      { pointer: at, rule: "cautious_length", limit, actual, unit, message, hint: "Shorten it to be safe." },
    ];
  });
}
