import type { CredentialField } from "../core/platform.ts";
import type { Questions } from "./questions.ts";

/** A platform as GET /v1/capabilities tells it. */
export interface Offer {
  platform: string;
  title: string;
  credentials: CredentialField[];
}

/** Reads `field=value` arguments; a bare value is for the first required field that has none. */
export function readValues(values: string[], { title, credentials }: Offer): Record<string, string> {
  const given: Record<string, string> = {};
  for (const value of values) {
    const [, name = "", text = ""] = /^([a-z_]+)=(.*)$/s.exec(value) ?? [];
    if (credentials.some((field) => field.name === name)) {
      given[name] = text.trim();
      continue;
    }
    const next = credentials.find((field) => field.required && !(field.name in given));
    if (!next || name !== "") {
      const known = credentials.map((field) => field.name).join(", ");
      const what = name || "A value without a name";
      throw new Error(`${what} is no field of ${title}, which takes ${known}. Type it as field=value.`);
    }
    given[next.name] = value.trim();
  }
  return given;
}

/** Asks for each field when none was given as an argument, else for the required ones that are missing. */
export async function askForCredentials(
  questions: Questions,
  offer: Offer,
  given: Record<string, string>,
): Promise<Record<string, string>> {
  const asksAll = Object.keys(given).length === 0;
  const open = offer.credentials.filter((field) => !(field.name in given) && (asksAll || field.required));
  const answers = { ...given };
  for (const field of open) {
    const value = await questions.ask(promptFor(field), field.secret);
    if (value !== "") answers[field.name] = value;
  }
  return answers;
}

function promptFor({ label, name, help, required, secret, of }: CredentialField): string {
  const leave = required
    ? of === "app" && secret && "Enter alone if this app is known here"
    : "Enter alone leaves it out";
  const notes = [secret && "not shown", leave].filter(Boolean).join("; ");
  return `\n${label} (${name}). ${help}\n${notes ? `[${notes}] ` : ""}> `;
}
