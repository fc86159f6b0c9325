import { Badge } from "../controls/badge.tsx";
import type { Tone } from "../controls/tone.ts";
import { texts } from "../texts/texts.ts";

const tones: Record<string, Tone> = {
  accepted: "info",
  sending: "info",
  delivered: "good",
  read: "good",
  failed: "bad",
  unknown: "warn",
  expired: "bad",
  received: "accent",
};

/** What has become of a message, in a word. */
export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={tones[status] ?? "plain"}>{statusName(status)}</Badge>;
}

export function statusName(status: string): string {
  return (texts.messages.statuses as Record<string, string>)[status] ?? status;
}
