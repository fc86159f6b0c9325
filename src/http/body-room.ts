/** What a piece of a body costs beside its bytes: whoever sends single bytes has an object made of each. */
const pieceBytes = 256;
/** Of each body so much is always taken: what most of them are, and a bound that the connections give. */
const freeBytes = 16 * 1024;

/**
 * How many bytes of bodies are here at once, from their coming until their answer. A party may hold no more than it
 * leaves free: one alone has half, two have a third each, and there is always room for another.
 */
export class BodyRoom {
  readonly #maxBytes: number;
  readonly #byParty = new Map<string, number>();
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** For one body of this party. */
  hold(party: string): HeldBody {
    return new HeldBody((bytes) => this.#move(party, bytes));
  }

  /** False, and nothing is moved: there is no room. */
  #move(party: string, bytes: number): boolean {
    const own = (this.#byParty.get(party) ?? 0) + bytes;
    const all = this.#heldBytes + bytes;
    if (bytes > 0 && own > this.#maxBytes - all) return false;
    this.#heldBytes = all;
    if (own > 0) this.#byParty.set(party, own);
    else this.#byParty.delete(party);
    return true;
  }
}

/** The room that one body takes. */
export class HeldBody {
  readonly #move: (bytes: number) => boolean;
  #bytes = 0;
  #counted = 0;

  constructor(move: (bytes: number) => boolean) {
    this.#move = move;
  }

  /** Whether so long a body would fit now. What is only announced takes no room: it may never come. */
  fits(length: number): boolean {
    const bytes = length - freeBytes;
    if (bytes <= 0) return true;
    return this.#move(bytes) && this.#move(-bytes);
  }

  /** False: there is no room for this piece. */
  take(length: number): boolean {
    this.#bytes += length + pieceBytes;
    const more = this.#bytes - freeBytes - this.#counted;
    if (more <= 0) return true;
    if (!this.#move(more)) return false;
    this.#counted += more;
    return true;
  }

  /** Once or more often. */
  release(): void {
    if (this.#counted > 0) this.#move(-this.#counted);
    this.#counted = 0;
  }
}
