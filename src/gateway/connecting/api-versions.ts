import { timestamp } from "../../core/clock.ts";
import type { HttpResponse } from "../../core/platform.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";

const dayMs = 86_400_000;
/** Meta's own notice of an end is 90 days at least. */
const aheadMs = 90 * dayMs;

/** The version of its platform's interface that a channel is served by. */
export interface VersionState {
  name: string;
  endsAt?: number;
  /** What to do, within 90 days of its end or after. */
  warning?: string;
}

/** Undefined where the platform has one version alone. */
export function versionOf(
  { platforms, clock }: Gateway,
  { platform, credentials }: ChannelRow,
): VersionState | undefined {
  const { title, apiVersion } = platforms[platform];
  if (!apiVersion) return undefined;
  const name = apiVersion.of(credentials);
  const endsAt = apiVersion.endsAt(name);
  if (endsAt === undefined) return { name };
  if (endsAt - clock.now() > aheadMs) return { name, endsAt };
  const when = `${endsAt <= clock.now() ? "ended" : "ends"} on ${timestamp(endsAt).slice(0, 10)}`;
  const where = credentials.graph_version
    ? "graph_version among the channel's credentials"
    : "ANTIPHON_GRAPH_VERSION";
  const warning = `${name} of ${title}'s API ${when}: set ${where} to ${apiVersion.newest} or another newer one.`;
  return { name, endsAt, warning };
}

/** The warnings of all channels, each once. */
export function endingVersions(gateway: Gateway): string[] {
  const warnings = gateway.channels.all().map((channel) => versionOf(gateway, channel)?.warning);
  return [...new Set(warnings.filter((warning) => warning !== undefined))];
}

/** Keeps by which version the platform answered, where that is not the one that was asked for. */
export async function noteServed(
  { store, platforms, log, meter }: Gateway,
  channel: ChannelRow,
  response: HttpResponse,
): Promise<void> {
  const { apiVersion } = platforms[channel.platform];
  const served = apiVersion?.served(response);
  if (!apiVersion || served === undefined) return;
  const asked = apiVersion.of(channel.credentials);
  const servedVersion = served === asked ? undefined : served;
  if (servedVersion) meter.count("antiphon_other_versions_total", { platform: channel.platform });
  if ((await store.channelHealth(channel.id)).servedVersion === servedVersion) return;
  await store.keepChannelHealth(channel.id, { servedVersion });
  const reason = `the platform was asked by ${asked} and answers by ${served}`;
  if (servedVersion) log.warn({ channel: channel.id, reason }, "the version that is asked for is not served");
}
