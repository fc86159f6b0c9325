import { examples } from "../../../../src/core/examples.ts";
import { isObject } from "../../../../src/core/json.ts";
import { type Draft, draftOf, printed, withText } from "./draft.ts";

const stored = "antiphon.compose";
/** Longer addresses are cut by what carries them. */
const maxHash = 2_000;
const firstExample = "seed-1-list";

/** Where the page is opened with a message in it. */
export function composePath(body: Record<string, unknown>): string {
  return `/compose#m=${encoded(JSON.stringify(body))}`;
}

/** The draft that the page's address names, or the one that was left here, or the first example. */
export function openedDraft(): Draft {
  const url = new URL(location.href);
  const hash = new URLSearchParams(url.hash.slice(1)).get("m");
  const linked = hash === null ? undefined : decoded(hash);
  const policy = url.searchParams.get("policy");
  const draft =
    (linked !== undefined && withText(draftOf({}), linked)) ||
    exampleDraft(url.searchParams.get("example")) ||
    leftDraft() ||
    exampleDraft(firstExample)!;
  const isPolicy = policy === "none" || policy === "best_effort";
  if (!isPolicy || draft.broken !== undefined || draft.body.adapt !== undefined) return draft;
  return draftOf({ ...draft.body, adapt: policy }, draft.example);
}

/** An example as a draft; undefined: there is none of this name. */
export function exampleDraft(name: string | null, adapt?: unknown): Draft | undefined {
  const example = examples().find((one) => one.name === name);
  return (
    example && draftOf({ content: example.content, ...(adapt !== undefined && { adapt }) }, example.name)
  );
}

function leftDraft(): Draft | undefined {
  const text = sessionStorage.getItem(stored);
  return text === null ? undefined : withText(draftOf({}), text);
}

/** Writes the draft into the page's address, and keeps it for this tab. */
export function keepPlace(draft: Draft): void {
  sessionStorage.setItem(stored, draft.text);
  const url = new URL(location.href);
  const { adapt } = draft.body;
  if (typeof adapt === "string") url.searchParams.set("policy", adapt);
  else url.searchParams.delete("policy");
  if (draft.example === undefined) url.searchParams.delete("example");
  else url.searchParams.set("example", draft.example);
  url.hash = draft.example === undefined ? hashOf(draft) : "";
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

function hashOf({ body, broken }: Draft): string {
  const hash = isObject(body.content) && broken === undefined ? encoded(JSON.stringify(body)) : "";
  return hash !== "" && hash.length <= maxHash ? `m=${hash}` : "";
}

/** Base64 for addresses, of UTF-8. */
function encoded(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decoded(hash: string): string | undefined {
  try {
    const binary = atob(hash.replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
    return printed(JSON.parse(text));
  } catch {
    return undefined;
  }
}
