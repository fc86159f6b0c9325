import { texts } from "../../texts/texts.ts";

/** The page of compose. */
export function Page() {
  return <h1>{texts.pages.compose}</h1>;
}
