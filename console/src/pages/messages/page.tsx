import { texts } from "../../texts/texts.ts";

/** The page of messages. */
export function Page() {
  return <h1>{texts.pages.messages}</h1>;
}
