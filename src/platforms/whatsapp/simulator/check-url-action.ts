import { at, exactly, type Fields, object, text, url } from "./fields.ts";
import { limits } from "./limits.ts";

/** The action of one button that opens a link. */
export function checkUrlAction(action: Fields, where: string): void {
  object(action, where, ["name", "parameters"]);
  exactly(action.name, at(where, "name"), ["cta_url"]);
  const parameters = object(action.parameters, at(where, "parameters"), ["display_text", "url"]);
  const here = at(where, "parameters");
  text(parameters.display_text, at(here, "display_text"), { name: "Display text", max: limits.displayText });
  url(parameters.url, at(here, "url"));
}
