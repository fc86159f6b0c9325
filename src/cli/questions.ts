import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";

/** Asks whoever types: on a terminal with prompts and without echoing secrets, else one line of stdin an answer. */
export class Questions {
  readonly isTerminal = process.stdin.isTTY === true;
  readonly #screen = new Screen();
  #lines: Interface | undefined;
  #answers: AsyncIterator<string> | undefined;

  /** The answer without spaces around it; empty at the end of the input. */
  async ask(prompt: string, isSecret = false): Promise<string> {
    this.#lines ??= this.#open();
    this.#answers ??= this.#lines[Symbol.asyncIterator]();
    if (this.isTerminal) process.stderr.write(prompt);
    this.#screen.isMuted = isSecret || !this.isTerminal;
    const { value, done } = await this.#answers.next();
    if (this.isTerminal && isSecret) process.stderr.write("\n");
    return done ? "" : String(value).trim();
  }

  /** False where nobody can be asked. */
  async confirm(question: string): Promise<boolean> {
    if (!this.isTerminal) return false;
    return /^y(es)?$/i.test(await this.ask(`${question} [y/N] `));
  }

  #open(): Interface {
    const ends = { input: process.stdin, output: this.#screen, terminal: this.isTerminal };
    // The line editor takes Ctrl-C for a pause.
    return createInterface(ends).on("SIGINT", () => process.exit(130));
  }

  close(): void {
    this.#lines?.close();
  }
}

/** What the line editor echoes goes to stderr, so that stdout holds only what the command says. */
class Screen extends Writable {
  isMuted = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!this.isMuted) process.stderr.write(chunk);
    done();
  }
}
