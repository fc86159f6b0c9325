import { channels } from "./channels.ts";
import { compose } from "./compose.ts";
import { composeForm } from "./compose-form.ts";
import { controls } from "./controls.ts";
import { conversations } from "./conversations.ts";
import { endpoints } from "./endpoints.ts";
import { examples } from "./examples.ts";
import { filters } from "./filters.ts";
import { keys } from "./keys.ts";
import { messages } from "./messages.ts";
import { overview } from "./overview.ts";
import { people } from "./people.ts";
import { phones } from "./phones.ts";
import { rights } from "./rights.ts";
import { sending } from "./sending.ts";
import { shell } from "./shell.ts";
import { signin } from "./signin.ts";

/** Every text of the console, in one place: a file beside this one for each page. */
export const texts = {
  title: "Antiphon",
  pages: {
    overview: "Overview",
    compose: "Compose",
    phones: "Phones",
    messages: "Messages",
    conversations: "Conversations",
    channels: "Channels",
    endpoints: "Endpoints",
    keys: "Keys",
  },
  loading: "Loading…",
  platforms: phones.names,
  shell,
  signin,
  controls,
  overview,
  channels,
  compose,
  composeForm,
  endpoints,
  filters,
  keys,
  messages,
  conversations,
  people,
  examples,
  rights,
  sending,
} as const;
