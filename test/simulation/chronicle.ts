import { createHash } from "node:crypto";

/** What broke: which invariant, and what was seen. */
export interface Violation {
  invariant: Invariant;
  detail: string;
}

/** What holds of every run, whatever happens in it. */
export const invariants = {
  lost: "what was answered as accepted is kept, and comes to one end",
  doubled:
    "nothing is taken twice by a platform, but where `resend` was wished, and then no more often than tried",
  reordered: "what is taken first of each message of a conversation comes in the order of acceptance",
  "too fast": "no limit of a platform is exceeded",
  "not paused": "nothing leaves by what a platform asked to rest",
  "without intent": "what leaves was committed as a try before",
  "out of date": "nothing leaves after its ttl, and nothing expires before",
  uncancelled: "nothing leaves of a message that was cancelled",
  "answer forgotten": "what a platform answered, or told with our token, is known for good",
  mismatched: "a platform's id stands with the call that it is of",
  "wrong status": "the status is the function of what was learned, and never went back",
  "wrong history": "every try that was begun is in the history with its end",
  "told wrongly": "each event is told, and once",
  stuck: "everything comes to rest in time",
  broken: "no part of the gateway fails",
} as const;
export type Invariant = keyof typeof invariants;

/** What happened in a run, a line for each thing, and what was wrong with it. */
export class Chronicle {
  readonly lines: string[] = [];
  readonly violations: Violation[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  note(line: string): void {
    this.lines.push(`${String(this.#now()).padStart(9)}  ${line}`);
  }

  wrong(invariant: Invariant, detail: string): void {
    this.violations.push({ invariant, detail });
    this.note(`!! ${invariant}: ${detail}`);
  }

  /** The same for two runs in which the same happened at the same instants. */
  get hash(): string {
    return createHash("sha256").update(this.lines.join("\n")).digest("hex").slice(0, 16);
  }
}
