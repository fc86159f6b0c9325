import type { Credentials, Parsed, Platform, PlatformEvent } from "../../core/platform.ts";
import { readPayload } from "./read-payload.ts";

/** Ids become keys of the store. The platforms' own have less than 300 characters. */
const maxIdLength = 1024;

/** What a stored payload tells, as its platform reads it; what cannot be read is told as unknown. */
export function readEvents(platform: Platform, credentials: Credentials, body: string): Parsed {
  const read = readPayload(body);
  if ("reason" in read) return { events: [], unknown: [{ path: "", reason: read.reason }] };
  const { events, unknown, notices } = platform.parse(read.payload, credentials);
  const [fit, unfit] = [events.filter(hasFittingIds), events.filter((event) => !hasFittingIds(event))];
  const told = unfit.map(({ kind }) => ({
    path: "",
    reason: `${kind}: an id of over ${maxIdLength} characters`,
  }));
  return { events: fit, unknown: [...unknown, ...told], ...(notices && { notices }) };
}

function hasFittingIds(event: PlatformEvent): boolean {
  return idsOf(event).every((id) => id.length <= maxIdLength);
}

/** Every id of an event under which something is looked up or kept. */
function idsOf(event: PlatformEvent): string[] {
  const ids: (string | undefined)[] = [event.dedupeKey];
  if ("platformId" in event) ids.push(event.platformId);
  if ("sender" in event) ids.push(...event.sender.aliases);
  if ("chat" in event) ids.push(event.chat?.id);
  if (event.kind === "received") ids.push(event.quotes, event.demand, answeredBy(event.answer));
  if (event.kind === "reaction") ids.push(event.target);
  if (event.kind === "renamed") ids.push(...event.formerly);
  if (event.kind === "status") ids.push(event.token, ...(event.aliases ?? []));
  return ids.filter((id) => id !== undefined);
}

function answeredBy(answer: Extract<PlatformEvent, { kind: "received" }>["answer"]): string | undefined {
  return answer?.by === "poll" ? answer.pollId : answer?.platformId;
}
