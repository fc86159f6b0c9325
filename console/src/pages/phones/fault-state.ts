import type { Fault } from "../../api/simulator.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";

const words = texts.people.faults;

/** Where a fault is on, and how often it has struck of how often it is to. */
export function stateOf({ platform, struck, count, rate, seed }: Fault): string {
  const where = platform ? phones.names[platform] : words.every;
  const of = count === undefined ? "" : ` ${words.of} ${count}`;
  const drawn = rate === undefined ? "" : `, ${words.half.toLowerCase()} (${words.drawn} ${seed ?? 1})`;
  return `${where}: ${words.struck} ${struck}${of} ${struck === 1 && !of ? words.time : words.times}${drawn}`;
}
