/**
 * The parts' SQL is written so that both engines know it, but for a few spellings. SQLite's marks `?` and `?1` are `$1`
 * here; `INDEXED BY`, `CROSS` before a `JOIN … ON` and a `+` before a column, which lead SQLite's planner, are left out: this
 * one has statistics.
 */
export class Dialect {
  readonly #known = new Map<string, Translated>();
  #names = 0;

  /** The same text gives the same statement, whose name lets the server keep its plan. */
  translate(sql: string): Translated {
    let translated = this.#known.get(sql);
    if (!translated) {
      translated = { text: translate(sql), name: `s${this.#names++}` };
      this.#known.set(sql, translated);
    }
    return translated;
  }

  /** Every statement has a new name from now on: what servers keep under the old ones fits their tables no more. */
  nameAnew(): void {
    this.#known.clear();
  }
}

export interface Translated {
  text: string;
  name: string;
}

/** What is quoted stays as it is; a mark; a name of an index; an order of a join; a plus that stands before a column and adds nothing. */
const tokens =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?(\d*)|\sINDEXED BY \w+|\bCROSS (?=JOIN \w+(?: AS)?(?: \w+)?\s+ON\b)|(?<=(?:\b(?:AND|OR|NOT|WHERE|ON|WHEN|THEN|SELECT|BY)\s|[(,]\s?))\+(?=[a-z])/g;

function translate(sql: string): string {
  let marks = 0;
  return sql.replace(tokens, (token, number?: string) => {
    if (token.startsWith("?")) return `$${number || ++marks}`;
    return token.startsWith("'") || token.startsWith('"') ? token : "";
  });
}
