import { dirname, join } from "node:path";
import { codeOf, type Source } from "./architecture.ts";

/** One that gives what another asks, and is no generator itself. */
const passing = /\bfunction (\w+)(?:<\w+>)?\([^()]*\): Work</g;
/** What takes a function that gives a work, and drives it or joins it to its own. */
const takers = new Set(["read", "survey", "gauge", "write", "apart", "each", "chosen", "merged"]);
const statement = /\b(?:db|asked)\.(?:one|all|run|insert|update)\b/;

/**
 * Calls of what asks the database that nobody drives. Such a call is never waited for and always true, and no compiler
 * minds: it must be behind `yield*`, or be what a function gives that one of the takers, a table or a name is given.
 */
export function forgottenWork(sources: Source[]): string[] {
  const codes = new Map(sources.map(({ file, text }) => [file, codeOf(text)]));
  const made = new Map([...codes].map(([file, code]) => [file, functionsIn(code)]));
  const methods = [...codes.values()].flatMap(methodsIn);
  return [...codes].flatMap(([file, code]) => {
    const imported = importsIn(code).flatMap(({ from, names }) => {
      const theirs = made.get(join(dirname(file), from));
      return names.filter((name) => theirs?.has(name));
    });
    const own = [...made.get(file)!, ...imported];
    return callsOf(code, own, methods)
      .filter(({ at }) => !isDriven(code, at))
      .map(({ call }) => `${file}: ${call} is not driven`);
  });
}

function functionsIn(code: string): Set<string> {
  const declared = code.matchAll(
    /\bfunction\*\s*(\w+)|\bconst (\w+) = function\*|\b(\w+): \([^()]*\) => Work</g,
  );
  const names = new Set(
    [...declared, ...code.matchAll(passing)].map(([, ...name]) => name.find((one) => one !== undefined)!),
  );
  // A name for an arrow that gives a work gives one itself.
  const arrows = /\bconst (\w+) = (?:<\w+>)?\([^=]*?\)(?:: [\w<>[\] |]+)? =>\s*(?:[\w#]+\.)*(\w+)/g;
  for (const [text, name, called] of code.matchAll(arrows))
    if (statement.test(text) || names.has(called!)) names.add(name!);
  return names;
}

/** Of classes and of interfaces. */
function methodsIn(code: string): string[] {
  return [...code.matchAll(/^ +\*(#?\w+)|^ +(\w+)\([^\n]*\): Work<|^ +(\w+): function\*/gm)]
    .map(([, method, declared, property]) => (method ?? declared ?? property)!)
    .filter((name) => !/^(one|all|run|insert|update)$/.test(name));
}

function importsIn(code: string): { from: string; names: string[] }[] {
  return [...code.matchAll(/\bimport \{([^}]*)\} from "([^"]*)"/g)].map(([, names, from]) => ({
    from: from!,
    names: names!.split(",").map((name) => name.replace(/\btype /, "").trim()),
  }));
}

function callsOf(code: string, functions: string[], methods: string[]): { call: string; at: number }[] {
  const named = functions.length > 0 ? `(?<![\\w.#*]|function\\*? )(?:${functions.join("|")})` : "(?!)";
  const owned = methods.length > 0 ? `(?:\\bthis|\\w+)(?:\\.\\w+)*\\.(?:${methods.join("|")})` : "(?!)";
  const asked = `(?:\\w+\\.|this\\.#)*${statement.source}`;
  const calls = new RegExp(`(?:${named}|${owned}|${asked})(?:<[^()]*?>)?\\(`, "g");
  return [...code.matchAll(calls)].map((found) => ({ call: found[0].replace(/\W*$/, ""), at: found.index }));
}

function isDriven(code: string, at: number): boolean {
  const before = code.slice(0, at).trimEnd();
  // As a method of its class or object it is made here, not called.
  if (/\byield\*$|\b(?:done|drive)\($|(^|\n) +\*$/.test(before)) return true;
  if (before.endsWith("return")) return isPassedOn(before);
  if (!before.endsWith("=>")) return false;
  const head = beforeParameters(before.slice(0, -2).trimEnd());
  if (/[\w)\]] ?=$|[\w"]:$/.test(head)) return true;
  return takers.has(calleeOf(head));
}

function isPassedOn(code: string): boolean {
  const nearest = code.slice(code.lastIndexOf("function"));
  return nearest.search(passing) === 0;
}

/** What stands before the parameters of an arrow, whose result may be declared. */
function beforeParameters(code: string): string {
  const declared = /^([\s\S]*\)): [\w<>[\] |]+$/.exec(code)?.[1] ?? code;
  if (!declared.endsWith(")")) return declared.replace(/\w+$/, "").trimEnd();
  const before = declared.slice(0, opening(declared, declared.length - 1));
  return before.replace(/<\w+>$/, "").trimEnd();
}

/** Of whose arguments the end of this code is one. */
function calleeOf(code: string): string {
  const at = code.endsWith("(") ? code.length - 1 : opening(code, code.length);
  return /(\w+)(?:<[^()]*>)?$/.exec(code.slice(0, at))?.[1] ?? "";
}

/** The bracket that is open there. */
function opening(code: string, end: number): number {
  let depth = 0;
  for (let at = end - 1; at >= 0; at--) {
    if (")]}".includes(code[at]!)) depth++;
    else if ("([{".includes(code[at]!) && depth-- === 0) return at;
  }
  return -1;
}
