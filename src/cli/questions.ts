import { createInterface, type Interface } from "node:readline";
import { type Readable, Writable } from "node:stream";

/** Asks whoever types: on a terminal with prompts and without echoing secrets, else one line of input an answer. */
export class Questions {
  readonly isTerminal: boolean;
  readonly #input: Readable;
  /** Not stdout, which holds only what the command says. */
  readonly #output: Writable;
  readonly #echo: Echo;
  #lines: Interface | undefined;
  #answers: AsyncIterator<string> | undefined;

  constructor(input: Readable & { isTTY?: boolean } = process.stdin, output: Writable = process.stderr) {
    this.isTerminal = input.isTTY === true;
    this.#input = input;
    this.#output = output;
    this.#echo = new Echo(output);
  }

  /** The answer without spaces around it; empty at the end of the input. */
  async ask(prompt: string, isSecret = false): Promise<string> {
    this.#lines ??= this.#open();
    this.#answers ??= this.#lines[Symbol.asyncIterator]();
    if (this.isTerminal) this.#output.write(prompt);
    this.#echo.isMuted = isSecret || !this.isTerminal;
    const { value, done } = await this.#answers.next();
    if (this.isTerminal && isSecret) this.#output.write("\n");
    return done ? "" : String(value).trim();
  }

  /** False where nobody can be asked. */
  async confirm(question: string): Promise<boolean> {
    if (!this.isTerminal) return false;
    return /^y(es)?$/i.test(await this.ask(`${question} [y/N] `));
  }

  close(): void {
    this.#lines?.close();
  }

  #open(): Interface {
    const ends = { input: this.#input, output: this.#echo, terminal: this.isTerminal };
    const lines = createInterface(ends);
    // The line editor takes Ctrl-C for a pause.
    lines.on("SIGINT", () => process.exit(130));
    // Of several lines pasted at once the next may be a secret.
    lines.on("line", () => {
      this.#echo.isMuted = true;
    });
    return lines;
  }
}

/** What the line editor shows of what is typed. */
class Echo extends Writable {
  isMuted = true;
  readonly #output: Writable;

  constructor(output: Writable) {
    super();
    this.#output = output;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!this.isMuted) this.#output.write(chunk);
    done();
  }
}
