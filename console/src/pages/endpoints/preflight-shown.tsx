import type { Preflight } from "../../api/endpoints.ts";
import { Badge } from "../../controls/badge.tsx";
import { texts } from "../../texts/texts.ts";

const { endpoints: words } = texts;

/** What the test delivery got. */
export function PreflightShown({ preflight }: { preflight: Preflight }) {
  const { result, http_status, latency_ms, error } = preflight;
  const isWell = result === "ok";
  const category = [result, http_status, error].filter(Boolean).join(", ");
  return (
    <p>
      <Badge tone={isWell ? "good" : "warn"}>{words.preflight}</Badge>{" "}
      {isWell
        ? words.preflightOk(latency_ms)
        : result === "skipped"
          ? words.preflightSkipped
          : words.preflightBad(category)}
    </p>
  );
}
