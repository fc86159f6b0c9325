import type { PlatformName } from "../../api/capabilities.ts";
import type { FaultKind } from "../../api/simulator.ts";

type Fields = Record<string, unknown>;

interface Step {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
}
/** What the simulator tells: docs/api.md, `GET /v1/simulator/stream`. */
interface Simulated extends Step {
  platform: PlatformName;
  channel: string | null;
  causes: string[];
  fault?: FaultKind;
}
export interface ActStep extends Simulated {
  kind: "act";
  act_id: string;
  person: string;
  act: Fields & { act: string };
}
export interface CallStep extends Simulated {
  kind: "call";
  call: string;
  is_send: boolean;
  took_ms: number;
  person?: string;
  method: string;
  path: string;
  body: Fields;
  accepted: boolean;
  status: number | null;
  answer: Fields | null;
}
export interface WebhookStep extends Simulated {
  kind: "webhook";
  url: string;
  headers: string[];
  body: Fields;
  tries: number;
  took_ms: number;
  status: number | null;
  answer?: string;
  error?: string;
}
export interface WithheldStep extends Simulated {
  kind: "withheld";
  body: Fields;
}
/** What this page asked of the gateway. */
export interface RequestStep extends Step {
  kind: "request";
  person: string;
  platform: PlatformName;
  body: Fields;
  status: number;
  answer: Fields;
}
export interface GatewayEvent {
  id: string;
  type: string;
  timestamp: string;
  channel?: { id: string; platform: PlatformName };
  conversation?: { id: string; contact: { name?: string; addresses: string[] } };
  message?: Fields & { id: string; status?: string; platform_id?: string; platform_ids?: string[] };
}
export interface EventStep extends Step {
  kind: "event";
  event: GatewayEvent;
}
export interface DeliveryStep extends Step {
  kind: "delivery";
  delivery: {
    id: string;
    event: string;
    event_type: string;
    endpoint: string;
    state: string;
    tries: number;
    attempts: { http_status?: number; category: string; latency_ms: number }[];
  };
}
export type SimulatorStep = ActStep | CallStep | WebhookStep | WithheldStep;
export type AnyStep = SimulatorStep | RequestStep | EventStep | DeliveryStep;
