import { texts } from "../../texts/texts.ts";

/** The page of keys. */
export function Page() {
  return <h1>{texts.pages.keys}</h1>;
}
