import { texts } from "../../texts/texts.ts";

/** The page of overview. */
export function Page() {
  return <h1>{texts.pages.overview}</h1>;
}
