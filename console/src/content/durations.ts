/** A time between two events as a person reads it: `12 ms`, `1.4 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function inWords(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return larger(Math.floor(seconds));
}

/** What is left of a time, to the second under an hour. */
export function leftInWords(ms: number): string {
  return larger(Math.max(0, Math.ceil(ms / 1_000)));
}

function larger(seconds: number): string {
  const steps = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const;
  const first = steps.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0 s";
  let rest = seconds;
  return steps
    .slice(first, first + 2)
    .map(([size, unit]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count > 0 || unit === steps[first]?.[1] ? `${count} ${unit}` : "";
    })
    .filter(Boolean)
    .join(" ");
}
