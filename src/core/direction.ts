const rtl =
  "\\p{Script=Arabic}\\p{Script=Hebrew}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}\\p{Script=Adlam}";
const rightToLeft = new RegExp(`[[${rtl}]&&\\p{L}]`, "v");
const leftToRight = new RegExp(`[\\p{L}--[${rtl}]]`, "v");

/** Whether a text holds letters of both directions. */
function isMixed(text: string): boolean {
  return rightToLeft.test(text) && leftToRight.test(text);
}

/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: what is between them does not move what is around it. */
const isolate = (text: string) => `\u2068${text}\u2069`;

/**
 * `first`, `separator` and `second` on one line. The line runs as `first` does; where letters of both directions
 * stand on it, `second` is isolated (two more characters), or signs and digits would jump to the wrong side: also
 * the digits that begin it, behind a `first` that ends the other way.
 */
export function oneLine(first: string, separator: string, second: string): string {
  const apart = isMixed(`${first} ${second}`);
  return `${first}${separator}${apart ? isolate(second) : second}`;
}
