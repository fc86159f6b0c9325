import { texts } from "../../texts/texts.ts";

/** The page of channels. */
export function Page() {
  return <h1>{texts.pages.channels}</h1>;
}
