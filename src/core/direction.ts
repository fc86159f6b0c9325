type Direction = "ltr" | "rtl" | "neutral";

const strong =
  /(?<rtl>[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}])|(?<ltr>\p{L})/u;

/** Where a text runs to: the direction of its first letter, as the Unicode bidirectional algorithm takes it. */
export function direction(text: string): Direction {
  const groups = strong.exec(text)?.groups;
  if (!groups) return "neutral";
  return groups.rtl ? "rtl" : "ltr";
}

/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: what is between them does not move what is around it. */
const isolate = (text: string) => `\u2068${text}\u2069`;

/**
 * `first`, `separator` and `second` on one line. The line runs as `first` does; a `second` that runs otherwise is
 * isolated (two more characters), or its neutral signs and digits would jump to the wrong side.
 */
export function oneLine(first: string, separator: string, second: string): string {
  const apart = direction(first) !== direction(second) && direction(second) !== "neutral";
  return `${first}${separator}${apart ? isolate(second) : second}`;
}
