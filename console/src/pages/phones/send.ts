import { ApiProblem, request } from "../../api/request.ts";
import type { Person, Taken } from "../../api/simulator.ts";
import { happenings } from "./kept-steps.ts";

let sent = 0;

/** What became of a send: the message's id, or the gateway's words where it refuses. */
export type Outcome = { id: string } | { problem: ApiProblem };

/** Sends one message to somebody, and notes it for the timeline. */
export async function sendTo(person: Person, message: { content: object; adapt?: string }): Promise<Outcome> {
  const body = { from: person.channel, to: person.address, ...message };
  const id = `request:${Date.now()}:${++sent}`;
  const noted = {
    kind: "request" as const,
    id,
    at: Date.now(),
    person: person.id,
    platform: person.platform,
    body,
  };
  try {
    const answer = await request<Taken>("/v1/messages", { method: "POST", body });
    happenings.add({ ...noted, status: 202, answer: { ...answer } });
    return { id: answer.id };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    happenings.add({ ...noted, status: error.status, answer: error.body });
    return { problem: error };
  }
}
