import { doubledKeys } from "../../../../src/core/doubled-keys.ts";
import { isObject } from "../../../../src/core/json.ts";
import { texts } from "../../texts/texts.ts";

const words = texts.compose.broken;

/**
 * The message as it is written: the body of `POST /v1/messages`, without the channel and the recipient, which are
 * chosen when it is sent. The text is the truth; `body` is what it says, or the last that it said before it broke.
 */
export interface Draft {
  text: string;
  body: Record<string, unknown>;
  /** Why the text is not read at the moment, in words. */
  broken?: string;
  /** The example that it is, unchanged. */
  example?: string;
  /** Counts what was written, so that whoever shows a draft can tell that it is another. */
  version: number;
}

export function draftOf(body: Record<string, unknown>, example?: string): Draft {
  return { text: printed(body), body, version: 0, ...(example !== undefined && { example }) };
}

export function printed(body: unknown): string {
  return JSON.stringify(body, null, 2);
}

/** The draft with another text: what the JSON editor does. */
export function withText(draft: Draft, text: string): Draft {
  if (text === draft.text) return draft;
  const version = draft.version + 1;
  const read = parsed(text);
  if ("broken" in read) return { text, body: draft.body, broken: read.broken, version };
  return { text, body: read.body, version };
}

/** The draft with another body: what the form does. An example under another policy is still that example. */
export function withBody(draft: Draft, body: Record<string, unknown>): Draft {
  const others = Object.keys(body).filter((key) => key !== "content" && key !== "adapt");
  const isSame = body.content === draft.body.content && others.length === 0;
  return { ...draftOf(body, isSame ? draft.example : undefined), version: draft.version + 1 };
}

function parsed(text: string): { body: Record<string, unknown> } | { broken: string } {
  try {
    const body: unknown = JSON.parse(text);
    if (!isObject(body)) return { broken: words.notObject };
    const [doubled] = doubledKeys(text);
    return doubled === undefined ? { body } : { broken: words.doubled(doubled) };
  } catch (error) {
    return { broken: (error as Error).message };
  }
}
