import { useQueries, useQuery } from "@tanstack/react-query";
import type { FieldProblem } from "../../../../src/core/problem.ts";
import { type Channel, useChannels } from "../../api/channels.ts";
import type { List } from "../../api/list.ts";
import { newKey } from "../../api/new-key.ts";
import { ApiProblem, request } from "../../api/request.ts";

/** Whom a message goes to. */
export interface Target {
  from: string;
  to: string;
}

/** What the gateway said to one message: it took it, or why not; or nobody answered. */
type Answered =
  | { is: "taken"; id: string }
  | { is: "refused"; detail: string; errors: readonly FieldProblem[] }
  | { is: "away" };

/** One message that was sent. Asked for again under its key it is never taken twice. */
export interface Sent {
  target: Target;
  body: Record<string, unknown>;
  key: string;
  channel?: Channel;
  answer: Answered;
}

interface ListedConversation {
  id: string;
  chat: { id: string; type: string };
  contact?: { name?: string; username?: string };
  created_at: string;
}

/** A conversation as one may choose it. */
export interface Chat {
  to: string;
  name: string;
  createdAt: string;
}

const asked = (channel: string) => ({
  queryKey: ["conversations", { channel }],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request<List<ListedConversation>>(`/v1/conversations?channel=${encodeURIComponent(channel)}&limit=50`, {
      signal,
    }),
  select: ({ data }: List<ListedConversation>): Chat[] =>
    data.map(({ chat, contact, created_at }) => ({
      to: chat.id,
      name: contact?.name ?? (contact?.username ? `@${contact.username}` : chat.id),
      createdAt: created_at,
    })),
});

/** The newest conversations of a channel. */
export function useChats(channel: string | undefined) {
  return useQuery({ ...asked(channel ?? ""), enabled: channel !== undefined });
}

/** One simulated person on each platform: the first who wrote there. */
export function useSimulatedPeople(): (Target & { channel: Channel; name: string })[] {
  const channels = useChannels().data?.data ?? [];
  const simulated = channels.filter((channel, index) => {
    const first = channels.findIndex((one) => one.simulated && one.platform === channel.platform);
    return first === index;
  });
  const chats = useQueries({ queries: simulated.map(({ id }) => asked(id)) });
  return simulated.flatMap((channel, index) => {
    const people = [...(chats[index]?.data ?? [])].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
    const person = people[0];
    return person ? [{ from: channel.id, to: person.to, channel, name: person.name }] : [];
  });
}

/** Sends to everybody at once; one refusal stops nobody else's. */
export function sendToAll(body: Record<string, unknown>, targets: readonly Target[]): Promise<Sent[]> {
  return Promise.all(
    targets.map(({ from, to }) => {
      const target = { from, to };
      return sendAgain({ target, body: { ...body, from, to }, key: newKey() });
    }),
  );
}

/** The same message under the same key: where it has been taken before, the answer of then comes back. */
export async function sendAgain(sent: Omit<Sent, "answer">): Promise<Sent> {
  const { body, key } = sent;
  try {
    const headers = { "idempotency-key": key };
    const { id } = await request<{ id: string }>("/v1/messages", { method: "POST", body, headers });
    return { ...sent, answer: { is: "taken", id } };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 0) return { ...sent, answer: { is: "away" } };
    const errors = error.errors as readonly FieldProblem[];
    return { ...sent, answer: { is: "refused", detail: error.message, errors } };
  }
}
