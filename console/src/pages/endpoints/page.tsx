import { texts } from "../../texts/texts.ts";

/** The page of endpoints. */
export function Page() {
  return <h1>{texts.pages.endpoints}</h1>;
}
