import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { request } from "../../api/request.ts";
import type { DeliveryList } from "../../api/simulator.ts";
import { type FollowState, follow } from "./follow.ts";
import type { AnyStep, DeliveryStep, GatewayEvent, SimulatorStep } from "./step.ts";

const maxSteps = 1_200;
const recent = 200;

/** What has happened since the page was opened first, and a little before: it stays when another page is looked at. */
class Happenings {
  #steps: readonly AnyStep[] = [];
  readonly #seen = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #isTold = true;

  readonly get = (): readonly AnyStep[] => this.#steps;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(step: AnyStep): void {
    if (this.#seen.has(step.id)) return;
    this.#seen.add(step.id);
    this.#steps = [...this.#steps.slice(-maxSteps), step];
    if (!this.#isTold) return;
    // Many come at once: they are drawn together.
    this.#isTold = false;
    setTimeout(() => {
      this.#isTold = true;
      for (const listener of this.#listeners) listener();
    }, 30);
  }

  clear(): void {
    this.#steps = [];
    for (const listener of this.#listeners) listener();
  }
}

export const happenings = new Happenings();

/** All steps, and whether the two streams that tell of them are open. */
export function useHappenings(isOn: boolean): { steps: readonly AnyStep[]; state: FollowState } {
  const told = useSyncExternalStore(happenings.subscribe, happenings.get);
  const queries = useQueryClient();
  const [states, setStates] = useState<Record<"simulator" | "gateway", FollowState>>({
    simulator: "connecting",
    gateway: "connecting",
  });
  useEffect(() => {
    if (!isOn) return;
    const ended = new AbortController();
    const fresh = (...key: string[]) => void queries.invalidateQueries({ queryKey: key });
    const onState = (stream: "simulator" | "gateway") => (state: FollowState) => {
      setStates((before) => ({ ...before, [stream]: state }));
      if (state === "live") fresh("simulator");
    };
    const onStep = (data: unknown) => {
      const step = data as SimulatorStep & { at: unknown };
      happenings.add({ ...step, at: Date.parse(String(step.at)) });
      if ("person" in step && step.person) fresh("simulator", "screen", step.person);
      if (step.fault) fresh("simulator", "faults");
    };
    const onEvent = (data: unknown) => {
      const event = data as GatewayEvent;
      happenings.add({ kind: "event", id: event.id, at: Date.parse(event.timestamp), event });
      fresh("deliveries", "recent");
    };
    const simulator = { path: `/v1/simulator/stream?recent=${recent}`, onEvent: onStep };
    const gateway = { path: `/v1/events/stream?recent=${recent}`, onEvent };
    void follow({ ...simulator, onState: onState("simulator") }, ended.signal);
    void follow({ ...gateway, onState: onState("gateway") }, ended.signal);
    return () => ended.abort();
  }, [isOn, queries]);
  const deliveries = useDeliveries(isOn);
  const steps = useMemo(() => [...told, ...deliveries], [told, deliveries]);
  return { steps, state: worse(states.simulator, states.gateway) };
}

function worse(one: FollowState, other: FollowState): FollowState {
  if (one === "broken" || other === "broken") return "broken";
  return one === "live" && other === "live" ? "live" : "connecting";
}

/** The last deliveries to endpoints; none where this key may not see them. */
function useDeliveries(isOn: boolean): readonly DeliveryStep[] {
  const { data } = useQuery({
    queryKey: ["deliveries", "recent"],
    queryFn: ({ signal }) => request<DeliveryList>("/v1/deliveries?limit=100", { signal }),
    enabled: isOn,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.data.some((one) => one.state === "pending") ? 2_000 : false),
  });
  return useMemo(
    () =>
      (data?.data ?? []).map((delivery): DeliveryStep => {
        const at = Date.parse(delivery.attempts.at(-1)?.at ?? delivery.created_at);
        return { kind: "delivery", id: delivery.id, at, delivery };
      }),
    [data],
  );
}
