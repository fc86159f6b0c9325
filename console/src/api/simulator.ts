import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SimulatedAccountTold } from "../../../src/core/simulated-account.ts";
import type { SimulatedView } from "../phones/screen-of-simulator.ts";
import type { PlatformName } from "./capabilities.ts";
import type { List } from "./list.ts";
import { request } from "./request.ts";

/** Somebody who lives in the simulator. `channel` is the natural id of the channel. */
export interface Person {
  id: string;
  platform: PlatformName;
  channel: string;
  name: string;
  address: string;
  blocked?: true;
}

export const faultKinds = [
  "rate_limit",
  "server_error",
  "silence",
  "drop_answer",
  "duplicate_webhooks",
  "reorder_webhooks",
  "batch_webhooks",
  "late_reports",
  "lost_reports",
  "duplicate_reports",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What a fault is to be: src/simulator/README.md says what each does. */
export interface FaultOrder {
  kind: FaultKind;
  platform?: PlatformName;
  count?: number;
  rate?: number;
  seed?: number;
  retry_after?: number;
  after?: number;
  times?: number;
  size?: number;
}
export interface Fault extends FaultOrder {
  id: number;
  struck: number;
}

const at = (id: string, what: string) => `/v1/simulator/people/${encodeURIComponent(id)}/${what}`;

const accountsKey = ["simulator", "accounts"];

/** With their tokens: for whoever may connect channels. `isOn` false: no simulator runs beside this gateway. */
export function useSimulatedAccounts(isOn: boolean) {
  return useQuery({
    enabled: isOn,
    queryKey: accountsKey,
    queryFn: ({ signal }) => request<{ data: SimulatedAccountTold[] }>("/v1/simulator/accounts", { signal }),
    retry: false,
  });
}

export function useMakeSimulatedAccount() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (platform: PlatformName) =>
      request<SimulatedAccountTold>("/v1/simulator/accounts", { method: "POST", body: { platform } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: accountsKey }),
  });
}

export function usePeople() {
  return useQuery({
    queryKey: ["simulator", "people"],
    queryFn: ({ signal }) => request<{ data: Person[] }>("/v1/simulator/people", { signal }),
    retry: false,
    refetchInterval: (query) => (query.state.error ? 2_000 : false),
  });
}

/** What stands on somebody's phone; asked for anew when the stream tells that something was done there. */
export function useScreen(person: string) {
  return useQuery({
    queryKey: ["simulator", "screen", person],
    queryFn: ({ signal }) => request<{ messages: SimulatedView[] }>(at(person, "screen"), { signal }),
    retry: false,
  });
}

export function useAct(person: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: object) =>
      request<{ messages: string[]; opened?: string }>(at(person, "acts"), { method: "POST", body: act }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["simulator", "screen", person] }),
        queries.invalidateQueries({ queryKey: ["simulator", "people"] }),
      ]),
  });
}

export function useFaults() {
  return useQuery({
    queryKey: ["simulator", "faults"],
    queryFn: ({ signal }) => request<{ data: Fault[] }>("/v1/simulator/faults", { signal }),
    retry: false,
    refetchInterval: 10_000,
  });
}

function useFaultChange<Wish>(change: (wish: Wish) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: ["simulator", "faults"] }),
  });
}

export const useAddFault = () =>
  useFaultChange((wish: FaultOrder) => request("/v1/simulator/faults", { method: "POST", body: wish }));
export const useLiftFault = () =>
  useFaultChange((id: number) => request(`/v1/simulator/faults/${id}`, { method: "DELETE" }));
export const useLiftFaults = () =>
  useFaultChange(() => request("/v1/simulator/faults", { method: "DELETE" }));

/** The answer to a message that was taken. */
export interface Taken {
  id: string;
  status: string;
}
export type DeliveryList = List<{
  id: string;
  endpoint: string;
  event: string;
  event_type: string;
  state: string;
  tries: number;
  created_at: string;
  attempts: { at: string; http_status?: number; category: string; latency_ms: number }[];
}>;
