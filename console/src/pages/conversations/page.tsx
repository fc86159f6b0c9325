import { texts } from "../../texts/texts.ts";

/** The page of conversations. */
export function Page() {
  return <h1>{texts.pages.conversations}</h1>;
}
