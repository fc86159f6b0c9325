/** A figure as it stands in a table of docs/console.md, beside the budget that it is to keep. */
export interface Figure {
  what: string;
  measured: number;
  budget: number;
  unit: "kB" | "ms" | "%";
}

const head = ["| what | measured | budget |", "| --- | ---: | ---: |"];
const begin = "<!-- figures: node scripts/console-figures.ts -->";
const end = "<!-- end of figures -->";

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ what, measured, budget, unit }) => `| ${what} | ${measured.toFixed(1)} ${unit} | ${budget} ${unit} |`,
  );
  return [...head, ...rows].join("\n");
}

/** The figures that a document holds; throws where a row of them is none. */
export function figuresIn(document: string): Figure[] {
  const rows = partOf(document)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !head.includes(line));
  return rows.map((row) => {
    const [, what, measured, unit, budget, same] =
      /^\| (.+) \| ([\d.]+) (kB|ms|%) \| ([\d.]+) (kB|ms|%) \|$/.exec(row) ?? [];
    if (what === undefined || unit !== same)
      throw new Error(`This row holds no figure and its budget: ${row}`);
    return { what, measured: Number(measured), budget: Number(budget), unit: unit as Figure["unit"] };
  });
}

/** Those that a budget is too small for. */
export function exceeded(figures: readonly Figure[]): Figure[] {
  return figures.filter(({ measured, budget }) => !(measured <= budget));
}

/** The document with other words between the marks. */
export function withFigures(document: string, words: string): string {
  const [from, to] = placeIn(document);
  return `${document.slice(0, from)}\n${words}\n${document.slice(to)}`;
}

function partOf(document: string): string {
  return document.slice(...placeIn(document));
}

function placeIn(document: string): [from: number, to: number] {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`There is no part between ${begin} and ${end}.`);
  return [from + begin.length, to];
}
