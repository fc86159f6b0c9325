const secondMs = 1_000;

/**
 * What left within the last second, in gateway time. A bucket lets its burst pass beside its rate, which is too much
 * where a platform says so many a second: what has rested would send both in its first one.
 */
export class LastSecond {
  /** The latest of each, in the order of their turns, no more than twice as many as count. */
  readonly #slots = new Map<string, Slot[]>();

  /** How long until one more is no more than `most` in any second, in ms. */
  waitMs(key: string, most: number, now: number): number {
    const slots = this.#slots.get(key) ?? [];
    const first = slots[slots.length - most];
    return first === undefined ? 0 : Math.max(0, first.at + secondMs - now);
  }

  /** One has its turn. */
  take(key: string, most: number, now: number): void {
    const slots = this.#slots.get(key) ?? [];
    slots.push({ at: now, hasLeft: false });
    // Not with every turn: that would move all the others each time.
    if (slots.length >= 2 * most) slots.splice(0, slots.length - most);
    this.#slots.set(key, slots);
  }

  /** The oldest that had its turn leaves only now: its intent had to be stored, and the disk may have been slow. */
  left(key: string, now: number): void {
    const slots = this.#slots.get(key) ?? [];
    let index = slots.length;
    while (index > 0 && !slots[index - 1]?.hasLeft) index--;
    const slot = slots[index];
    if (!slot) return;
    slot.at = now;
    slot.hasLeft = true;
  }

  forget(now: number): void {
    for (const [key, slots] of this.#slots)
      if ((slots.at(-1)?.at ?? 0) + secondMs <= now) this.#slots.delete(key);
  }
}

interface Slot {
  at: number;
  hasLeft: boolean;
}
