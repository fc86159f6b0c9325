import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { List } from "../../api/list.ts";
import { request } from "../../api/request.ts";
import type { DeliveryList } from "../../api/simulator.ts";
import { useLive, useLiveState } from "../../live/use-live.ts";
import { type FollowState, follow } from "./follow.ts";
import { happenings } from "./kept-steps.ts";
import type { AnyStep, DeliveryStep, GatewayEvent, SimulatorStep } from "./step.ts";

const recent = 200;

/** All steps, and whether the two streams that tell of them are open. */
export function useHappenings(isOn: boolean): { steps: readonly AnyStep[]; state: FollowState } {
  const told = useSyncExternalStore(happenings.subscribe, happenings.get);
  const simulator = useSimulatorSteps(isOn);
  useEventSteps(isOn);
  const stream = useLiveState();
  const gateway = stream === "live" ? stream : stream === "reconnecting" ? "broken" : "connecting";
  const deliveries = useDeliveries(isOn);
  const steps = useMemo(() => [...told, ...deliveries], [told, deliveries]);
  return { steps, state: worse(simulator, gateway) };
}

function useSimulatorSteps(isOn: boolean): FollowState {
  const queries = useQueryClient();
  const [state, setState] = useState<FollowState>("connecting");
  useEffect(() => {
    if (!isOn) return;
    const ended = new AbortController();
    const fresh = (...key: string[]) => void queries.invalidateQueries({ queryKey: ["simulator", ...key] });
    const onState = (next: FollowState) => {
      setState(next);
      if (next === "live") fresh();
    };
    const onEvent = (data: unknown) => {
      const step = data as SimulatorStep & { at: unknown };
      happenings.add({ ...step, at: Date.parse(String(step.at)) });
      if ("person" in step && step.person) fresh("screen", step.person);
      if (step.fault) fresh("faults");
    };
    void follow({ path: `/v1/simulator/stream?recent=${recent}`, onEvent, onState }, ended.signal);
    return () => ended.abort();
  }, [isOn, queries]);
  return state;
}

function addEvent(event: GatewayEvent): void {
  happenings.add({ kind: "event", id: event.id, at: Date.parse(event.timestamp), event });
}

/**
 * By the stream that all pages share: a browser opens six connections to one host, and with one more for itself this
 * page in two windows would take them all. What was before it is looked up once it is open, so that nothing lies between.
 */
function useEventSteps(isOn: boolean): void {
  const queries = useQueryClient();
  const isLive = useLiveState() === "live";
  useLive("all", (event) => {
    if (!isOn) return;
    addEvent(event as GatewayEvent);
    void queries.invalidateQueries({ queryKey: ["deliveries", "recent"] });
  });
  const { data } = useQuery({
    queryKey: ["events", "recent"],
    queryFn: ({ signal }) => request<List<GatewayEvent>>(`/v1/events?limit=${recent}`, { signal }),
    enabled: isOn && isLive,
    // Looked up on the first sight of the page, and when the stream has come back.
    gcTime: 0,
  });
  useEffect(() => {
    // Newest first.
    for (const event of data?.data.toReversed() ?? []) addEvent(event);
  }, [data]);
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
