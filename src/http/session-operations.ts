import { type Operation, ok } from "./operation.ts";
import { signInSchema } from "./session.ts";

/** Signing in to the console. */
export const sessionOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/me",
    scope: "any",
    tag: "Session",
    summary: "Who asks: the key, what it may do, and the channels that it is limited to.",
    answer: ok("{key: {id, name}, scopes, channels, signed_in, simulator_url?, public_url?, now}"),
  },
  {
    method: "post",
    path: "/v1/session",
    scope: "open",
    tag: "Session",
    summary:
      "Sign a browser in with an API key: the console's page does it. The session's cookie is taken from the console's own pages alone.",
    body: signInSchema,
    answer: ok("Who is signed in, as `/v1/me` tells it, and the cookie.", 201),
  },
  {
    method: "delete",
    path: "/v1/session",
    scope: "open",
    tag: "Session",
    summary: "Sign out.",
    answer: ok("Gone.", 204),
  },
];
