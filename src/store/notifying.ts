import type { Event, EventType } from "../core/event.ts";
import type { Page, PageRequest } from "./paging.ts";
import type { DeliveryAttempt, DeliveryRow, DeliveryState, EndpointRow, EventRow } from "./rows.ts";

export interface EventFilter extends PageRequest {
  types?: EventType[];
  channelId?: string;
  conversationId?: string;
}
export interface DeliveryFilter extends PageRequest {
  endpointId?: string;
  state?: DeliveryState;
  eventId?: string;
}

export interface DueDeliveries {
  endpointId: string;
  /** Gateway time, as in all that deliveries wait for. */
  now: number;
  limit: number;
  /** Left out: these deliveries, and first tries of these conversations. */
  except: { deliveries: ReadonlySet<string>; conversations: ReadonlySet<string> };
}

/** Endpoints, events, and what is delivered of them. Only `eventsAfter` is oldest first. */
export interface NotifyingStore {
  addEndpoint(endpoint: EndpointRow): Promise<void>;
  updateEndpoint(id: string, change: Partial<Omit<EndpointRow, "id" | "createdAt">>): Promise<void>;
  /** Its pending deliveries end as `dead`. */
  removeEndpoint(id: string): Promise<void>;
  endpoints(): Promise<EndpointRow[]>;

  /** An event of no conversation (`channel.*`, `endpoint.*`); delivered like any other, or to one endpoint only. */
  addEvent(event: Omit<Event, "id">, only?: { endpointId: string }): Promise<Event>;
  events(filter: EventFilter): Promise<Page<EventRow>>;
  /** Events after a position, oldest first, for the stream. */
  eventsAfter(position: number, limit: number): Promise<EventRow[]>;
  lastEventPosition(): Promise<number>;
  event(id: string): Promise<Event | undefined>;
  /** Pending deliveries of an endpoint that are due, in the order of their events. */
  dueDeliveries(wish: DueDeliveries): Promise<DeliveryRow[]>;
  /** When the earliest pending delivery of an endpoint is due that is not due at `after`. */
  nextDeliveryAt(endpointId: string, after: number): Promise<number | undefined>;
  recordAttempt(
    deliveryId: string,
    attempt: DeliveryAttempt,
    next: { state: DeliveryState; dueAt?: number },
  ): Promise<void>;
  /** Makes a delivery pending and due again. */
  retryDelivery(id: string, dueAt: number): Promise<DeliveryRow | undefined>;
  deliveries(filter: DeliveryFilter): Promise<Page<DeliveryRow>>;
  delivery(id: string): Promise<DeliveryRow | undefined>;
}
