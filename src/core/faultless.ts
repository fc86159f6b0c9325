import { type CrossRule, crossRules, crossWarnings } from "./cross-rules.ts";
import { contextProblems, metadataProblems } from "./findings.ts";
import { isObject } from "./json.ts";
import { requestLimits, type SizeLimit, sizeLimits, typeOf, type Uniqueness, uniqueness } from "./limits.ts";
import type { MessageType } from "./message.ts";
import type { ObjectShape } from "./shape.ts";
import { sizeProblem, stepsIn, utf16Warning } from "./sizes.ts";
import { fitsStructure } from "./structure.ts";

/**
 * Whether a folded request is surely without a problem and without a warning, in one walk that writes no pointers: 5 µs
 * less of 6 for nearly every message. False says nothing yet; `findings.ts` then tells what is wrong, if anything is.
 */
export function isFaultless(shape: ObjectShape, request: unknown): boolean {
  if (!fitsStructure(shape, request) || !isObject(request) || !isObject(request.content)) return false;
  const found = typeOf(request.content);
  if (!found || Object.hasOwn(request, "platforms")) return false;
  const root = request.content[found.key];
  return (
    isWithin(limitsOfType(found.type), root) &&
    isWithin(limitsOfRequest, request) &&
    (uniqueness[found.type] ?? []).every((rule) => isDistinct(rule, root)) &&
    isQuiet(found.type, root) &&
    (request.metadata === undefined || metadataProblems(request).length === 0) &&
    (request.context === undefined || contextProblems(request).length === 0)
  );
}

/** The limits of one value, and of those inside it. */
interface Level {
  limits: SizeLimit[];
  each?: Level;
  fields: [name: string, level: Level][];
}

function levelsOf(limits: readonly SizeLimit[]): Level {
  const root: Level = { limits: [], fields: [] };
  for (const limit of limits) {
    let level = root;
    for (const { name } of stepsIn(limit.at)) level = below(level, name);
    level.limits.push(limit);
  }
  return root;
}

function below(level: Level, name: string): Level {
  const known = name === "*" ? level.each : level.fields.find(([field]) => field === name)?.[1];
  if (known) return known;
  const made: Level = { limits: [], fields: [] };
  if (name === "*") level.each = made;
  else level.fields.push([name, made]);
  return made;
}

const limitsOfRequest = levelsOf(requestLimits);
const levels = new Map<MessageType, Level>();

function limitsOfType(type: MessageType): Level {
  const known = levels.get(type) ?? levelsOf(sizeLimits[type]);
  levels.set(type, known);
  return known;
}

function isWithin(level: Level, value: unknown): boolean {
  for (const limit of level.limits) if (!fits(limit, value)) return false;
  if (level.each && Array.isArray(value)) {
    for (const item of value) if (!isWithin(level.each, item)) return false;
  }
  if (level.fields.length === 0 || !isObject(value)) return true;
  for (const [name, inner] of level.fields) {
    const field = value[name];
    if (field !== undefined && Object.hasOwn(value, name) && !isWithin(inner, field)) return false;
  }
  return true;
}

function fits(limit: SizeLimit, value: unknown): boolean {
  if (isPlain(limit, value)) return true;
  return !sizeProblem(limit, ["", value]) && !utf16Warning(limit, ["", value]);
}

/** Two units are one code point at least, and none has more points than units: most texts need not be counted. */
function isPlain({ unit, min = 0, max }: SizeLimit, value: unknown): boolean {
  if (unit !== "code_points" || max === undefined || typeof value !== "string") return false;
  return value.length <= max && value.length >= 2 * min && /\S/.test(value);
}

/** No two alike, also not by case alone where that is warned of. */
function isDistinct(rule: Uniqueness, root: unknown): boolean {
  for (const scope of valuesAt(root, rule.within)) {
    // Few, for their number is within its limit.
    const keys: unknown[] = [];
    for (const value of valuesAt(scope, rule.each)) {
      const key = rule.caseMatters ? String(value).toLowerCase() : value;
      if (keys.includes(key)) return false;
      keys.push(key);
    }
  }
  return true;
}

/** Like `placesAt`, of the values alone. */
function valuesAt(root: unknown, pattern: string): unknown[] {
  const values: unknown[] = [];
  collect({ steps: stepsIn(pattern), values }, 0, root);
  return values;
}

function collect(
  walk: { steps: readonly { name: string }[]; values: unknown[] },
  from: number,
  root: unknown,
): void {
  let value = root;
  for (let index = from; index < walk.steps.length; index++) {
    const { name } = walk.steps[index]!;
    if (name === "*") {
      if (Array.isArray(value)) for (const item of value) collect(walk, index + 1, item);
      return;
    }
    if (!isObject(value) || !Object.hasOwn(value, name)) return;
    value = value[name];
  }
  walk.values.push(value);
}

function isQuiet(type: MessageType, root: unknown): boolean {
  const isSilent = (rule: CrossRule) => rule(root, "").length === 0;
  return (crossRules[type]?.every(isSilent) ?? true) && (crossWarnings[type]?.every(isSilent) ?? true);
}
