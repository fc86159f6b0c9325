/** Columns of a line: what fits stands on one, so that a change of one thing is a change of one line. */
const width = 118;

/** JSON with every array and object that fits on one line, and the larger ones broken. */
export function printed(value: unknown, indent = ""): string {
  const whole = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");
  const isFlat = typeof value !== "object" || value === null;
  if (isFlat || indent.length + whole.length <= width) return isFlat ? JSON.stringify(value) : whole;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = Object.entries(value).map(
    ([key, item]) => `${inner}${isList ? "" : `${JSON.stringify(key)}: `}${printed(item, inner)}`,
  );
  return `${isList ? "[" : "{"}\n${parts.join(",\n")}\n${indent}${isList ? "]" : "}"}`;
}
