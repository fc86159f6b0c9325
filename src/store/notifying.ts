import type { Event, EventType } from "../core/event.ts";
import type { EndpointRow } from "./endpoint-rows.ts";
import type { Page, PageRequest } from "./paging.ts";
import type { EventRow } from "./rows.ts";

export interface EventFilter extends PageRequest {
  types?: EventType[];
  /** Those of these channels alone. */
  channelIds?: readonly string[];
  conversationId?: string;
}

export type EndpointChange = Partial<Omit<EndpointRow, "id" | "createdAt" | "format">>;

/** Endpoints and events. Only `eventsAfter` is oldest first. */
export interface NotifyingStore {
  addEndpoint(endpoint: EndpointRow): Promise<void>;
  /** An explicit undefined empties what may be empty. */
  updateEndpoint(id: string, change: EndpointChange): Promise<void>;
  /**
   * Another secret; the one that it has now signs too until then, unless that is absent or the secret is not readable.
   * One step: of two at once the later follows the earlier. Gives the endpoint as it is between them.
   */
  rotateEndpoint(id: string, secret: string, formerUntil?: number): Promise<EndpointRow>;
  /** The former secret that signs until then is over; one that a later rotation has made stays. */
  endFormerSecret(id: string, until: number): Promise<void>;
  /** A change and the event that tells of it, to all endpoints but this one; nothing where the endpoint has gone. */
  reportEndpoint(id: string, change: EndpointChange, event: Omit<Event, "id">): Promise<void>;
  /** What waits for it is dead: the first thousand at once, the rest by `closeDeliveries`. */
  removeEndpoint(id: string): Promise<void>;
  endpoints(): Promise<EndpointRow[]>;

  /** An event of no conversation (`channel.*`, `endpoint.*`); delivered like any other, or to one endpoint only. */
  addEvent(event: Omit<Event, "id">, only?: { endpointId: string }): Promise<Event>;
  events(filter: EventFilter): Promise<Page<EventRow>>;
  /**
   * Events after a position, oldest first, for the stream; with `channelIds` of these alone. Those that are damaged are
   * passed over: fewer than `limit` are all there are.
   */
  eventsAfter(position: number, limit: number, channelIds?: readonly string[]): Promise<EventRow[]>;
  lastEventPosition(): Promise<number>;
  event(id: string): Promise<Event | undefined>;
  /** The same as the JSON that it was written in: who only hands it on need not read it. */
  eventBody(id: string): Promise<string | undefined>;
}
