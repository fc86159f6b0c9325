import { z } from "zod";
import { type Operation, ok } from "./operation.ts";

const tag = "Simulator";
/** Passed on as it is: the simulator says itself what is wrong. */
const act = z.looseObject({ act: z.string() });
const account = z.looseObject({ platform: z.string() });
const fault = z.looseObject({ kind: z.string() });

/** The simulator that `npm start` runs beside the gateway; elsewhere they answer 404. */
export const simulatorOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/simulator/accounts",
    scope: "manage",
    tag,
    summary: "The simulated accounts with the tokens that connect them, which open nothing elsewhere.",
    answer: ok("{data}"),
  },
  {
    method: "post",
    path: "/v1/simulator/accounts",
    scope: "manage",
    tag,
    summary: "Make another simulated account of a platform.",
    body: account,
    answer: ok("The account.", 201),
  },
  {
    method: "get",
    path: "/v1/simulator/people",
    scope: "read",
    tag,
    summary: "The simulated people.",
    answer: ok("{data}"),
  },
  {
    method: "get",
    path: "/v1/simulator/people/{id}/screen",
    scope: "read",
    tag,
    summary: "What stands on a simulated person's phone.",
    answer: ok("{messages}"),
  },
  {
    method: "post",
    path: "/v1/simulator/people/{id}/acts",
    scope: "manage",
    tag,
    summary: "Have a simulated person tap, choose, vote, say, share a place, read, react or block.",
    body: act,
    answer: ok("{messages, opened?}"),
  },
  {
    method: "get",
    path: "/v1/simulator/faults",
    scope: "read",
    tag,
    summary: "The faults that are switched on, and how often each has struck.",
    answer: ok("{data}"),
  },
  {
    method: "post",
    path: "/v1/simulator/faults",
    scope: "manage",
    tag,
    summary: "Switch a fault of a platform on.",
    body: fault,
    answer: ok("The fault.", 201),
  },
  {
    method: "delete",
    path: "/v1/simulator/faults",
    scope: "manage",
    tag,
    summary: "Lift all faults, and let go what they held.",
    answer: ok("{data}"),
  },
  {
    method: "delete",
    path: "/v1/simulator/faults/{id}",
    scope: "manage",
    tag,
    summary: "Lift one fault, and let go what it held.",
    answer: ok("The fault."),
  },
  {
    method: "get",
    path: "/v1/simulator/stream",
    scope: "read",
    tag,
    summary:
      "As server-sent events, what happens at the platforms: acts, calls with their answers, webhooks with what became of them. Last-Event-ID goes on behind an id.",
    query: { recent: "start with so many that happened before; 0 if absent" },
    answer: ok("Events act, call, webhook and withheld."),
  },
];
