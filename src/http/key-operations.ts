import { keyChangeSchema, newKeySchema } from "./keys.ts";
import { type Operation, ok } from "./operation.ts";

/** API keys, for those who are admin. */
export const keyOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/keys",
    scope: "admin",
    reach: "listed",
    tag: "Keys",
    summary: "List API keys.",
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "post",
    path: "/v1/keys",
    scope: "admin",
    reach: "named",
    tag: "Keys",
    summary: "Make an API key with some of the rights of the key that asks.",
    body: newKeySchema,
    answer: ok("The key's data, and in `key` the key itself, which is shown this once.", 201),
  },
  {
    method: "get",
    path: "/v1/keys/{id}",
    scope: "admin",
    reach: "named",
    tag: "Keys",
    summary: "One API key, without its secret.",
    answer: ok("The key's data."),
  },
  {
    method: "patch",
    path: "/v1/keys/{id}",
    scope: "admin",
    reach: "named",
    tag: "Keys",
    summary:
      "Rename a key, or change its scopes, its channels or its end. In force from the next request on.",
    body: keyChangeSchema,
    answer: ok("The key's data."),
  },
  {
    method: "post",
    path: "/v1/keys/{id}/rotate",
    scope: "admin",
    reach: "named",
    tag: "Keys",
    summary: "Give a key another secret. The former one is not valid from then on.",
    answer: ok("The key's data, and in `key` the key itself, which is shown this once."),
  },
  {
    method: "delete",
    path: "/v1/keys/{id}",
    scope: "admin",
    reach: "named",
    tag: "Keys",
    summary: "Revoke a key: at once, for open streams too.",
    answer: ok("Gone.", 204),
  },
];
