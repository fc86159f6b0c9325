import type { Endpoint } from "../../api/endpoints.ts";
import { Badge } from "../../controls/badge.tsx";
import type { Tone } from "../../controls/tone.ts";
import { texts } from "../../texts/texts.ts";

const { states } = texts.endpoints;
const tones: Record<keyof typeof states, Tone> = {
  ok: "good",
  untried: "plain",
  unwell: "warn",
  failing: "bad",
  off: "plain",
  disabled: "bad",
};

/** In words: whether events arrive there. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const state = stateOf(endpoint);
  return (
    <span>
      <Badge tone={tones[state]}>{states[state]}</Badge>
    </span>
  );
}

function stateOf({ disabled, enabled, failing, last_attempt }: Endpoint): keyof typeof states {
  if (disabled) return "disabled";
  if (!enabled) return "off";
  if (failing) return "failing";
  // Of what was not tried nobody knows whether it works.
  if (!last_attempt) return "untried";
  return last_attempt.category === "ok" ? "ok" : "unwell";
}
