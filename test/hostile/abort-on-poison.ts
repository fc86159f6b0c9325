/** Loaded into a gateway (`--import`): a reader with a defect that no `catch` holds, for one payload alone. */
if (process.argv[2] === "serve") {
  const parse = JSON.parse;
  JSON.parse = (text: string, reviver?: Parameters<typeof parse>[1]) => {
    if (String(text).includes("POISON-ABORT")) process.abort();
    if (String(text).includes("POISON-THROW")) throw new RangeError("a defect");
    return parse(text, reviver);
  };
}
