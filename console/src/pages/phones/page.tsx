import { texts } from "../../texts/texts.ts";

/** The page of phones. */
export function Page() {
  return <h1>{texts.pages.phones}</h1>;
}
