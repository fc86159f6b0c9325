import { type Operation, ok, page } from "./operation.ts";

/** The routes of people: who is known, what is stored of them, and how it goes. */
export const contactOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/contacts",
    scope: "read",
    reach: "listed",
    tag: "Contacts",
    summary: "List contacts, with their addresses.",
    query: { ...page, channel: "id or natural id" },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/contacts/{id}",
    scope: "read",
    reach: "named",
    tag: "Contacts",
    summary: "One contact and its conversations; of one that is erased, how far that is.",
    answer: ok("The contact."),
  },
  {
    method: "get",
    path: "/v1/contacts/{id}/export",
    scope: "read",
    reach: "named",
    tag: "Contacts",
    summary: "All that is stored of a contact, a JSON object a line.",
    answer: ok("Lines of JSON."),
  },
  {
    method: "delete",
    path: "/v1/contacts/{id}",
    scope: "manage",
    reach: "named",
    tag: "Contacts",
    summary: "Erase a contact: who they are, and the content of all that was said with them.",
    answer: ok("{id, channel, erasure}; 200 once it is done.", 202),
  },
];
