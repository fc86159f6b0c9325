import { createHash } from "node:crypto";
import { timestamp } from "../../core/clock.ts";
import type { Call, Credentials, Platform } from "../../core/platform.ts";
import type { TokenLife } from "../../core/platform-upkeep.ts";
import type { ChannelHealth } from "../../store/health.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { ask, withoutSecrets } from "../ask.ts";
import type { Gateway } from "../gateway.ts";
import { untilStored } from "../until-stored.ts";
import { noteServed } from "./api-versions.ts";
import { accessTo } from "./channels.ts";
import { resume } from "./revoked.ts";

const limits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };
const dayMs = 86_400_000;
/** How many days ahead a token's end is warned of, the nearest first. */
const warnings = [3, 14] as const;

/** What the store knows of the token that a channel has now. */
type Known = Pick<ChannelHealth, "tokenSeenAt" | "tokenExpiresAt" | "tokenWarnedDays">;

/** Learns when a channel's token ends, renews it at half its life where that can be done, and else warns of its end. */
export async function tendToken(
  gateway: Gateway,
  channel: ChannelRow,
  { stopping, wake }: { stopping: AbortSignal; wake: (channelId: string) => void },
): Promise<void> {
  const life = gateway.platforms[channel.platform].token;
  if (!life || channel.awaitsCredentials) return;
  const known = await knownOf(gateway, channel);
  const refresh = life.refresh(channel.credentials);
  if (refresh && isHalfOver(known, gateway.clock.now())) {
    const renewed = await askForRenewal(gateway, channel, { call: refresh, life });
    if (renewed) return takeUp(gateway, channel, { ...renewed, stopping, wake });
  }
  const call = life.call(channel.credentials);
  if (!call) return warn(gateway, channel, known);
  const party = { platform: gateway.platforms[channel.platform], access: accessTo(channel) };
  const exchange = await ask(gateway.transport, party, call, limits);
  const told = exchange.kind === "answer" ? life.read(exchange.response) : undefined;
  if (exchange.kind === "answer") await noteServed(gateway, channel, exchange.response);
  // What was learned before stays: the platform may not have been asked at all.
  if (!told || "problem" in told) return warn(gateway, channel, known);
  const tokenExpiresAt = told.expiresAt;
  if (tokenExpiresAt !== known.tokenExpiresAt)
    await gateway.store.keepChannelHealth(channel.id, { tokenExpiresAt, tokenWarnedDays: undefined });
  const isSame = tokenExpiresAt === known.tokenExpiresAt;
  await warn(gateway, channel, { ...known, tokenExpiresAt, ...(!isSame && { tokenWarnedDays: undefined }) });
}

/** Of a token that was not there before, nothing is known but that it was first seen now. */
async function knownOf({ store, clock, platforms }: Gateway, channel: ChannelRow): Promise<Known> {
  const tokenMark = markOf(platforms[channel.platform], channel.credentials);
  const health = await store.channelHealth(channel.id);
  if (health.tokenMark === tokenMark) return health;
  const fresh = { tokenSeenAt: clock.now(), tokenExpiresAt: undefined, tokenWarnedDays: undefined };
  await store.keepChannelHealth(channel.id, { tokenMark, ...fresh });
  return fresh;
}

/** Tells one token from another, and nothing of it. */
function markOf({ credentials: fields }: Pick<Platform, "credentials">, credentials: Credentials) {
  const secrets = fields
    .filter(({ secret, of }) => secret && of !== "app")
    .map(({ name }) => credentials[name]);
  return createHash("sha256").update(JSON.stringify(secrets)).digest("base64url").slice(0, 16);
}

/** One whose end nobody has told may end any day. */
function isHalfOver({ tokenSeenAt = 0, tokenExpiresAt }: Known, now: number): boolean {
  return tokenExpiresAt === undefined || now >= tokenSeenAt + (tokenExpiresAt - tokenSeenAt) / 2;
}

/** Undefined: it is to be tried again with the next look. A token that is a day old at most is refused. */
async function askForRenewal(
  { platforms, transport, log }: Gateway,
  channel: ChannelRow,
  { call, life }: { call: Call; life: TokenLife },
): Promise<{ change: Credentials; lastsSeconds: number } | undefined> {
  const platform = platforms[channel.platform];
  const access = accessTo(channel);
  // Not by `ask`, which strikes out every secret: a token that stays the same would come back as stars.
  const exchange = await transport.exchange(platform.authorize(call, access), limits);
  const renewed =
    exchange.kind === "answer"
      ? life.refreshed(exchange.response)
      : { problem: { code: "unreachable", message: exchange.reason } };
  if (!("problem" in renewed)) return renewed;
  const reason = withoutSecrets(renewed.problem.message, platform, access);
  log.warn({ channel: channel.id, reason }, "a token could not be renewed yet; trying again");
  return undefined;
}

/** The new token is on disk before the channel uses it; until then the old one is used. */
async function takeUp(
  gateway: Gateway,
  used: ChannelRow,
  renewal: {
    change: Credentials;
    lastsSeconds: number;
    stopping: AbortSignal;
    wake: (channelId: string) => void;
  },
): Promise<void> {
  const { store, clock, channels, log, platforms } = gateway;
  const platform = platforms[used.platform];
  const { change, lastsSeconds, stopping, wake } = renewal;
  const ofApp = used.appId === undefined ? [] : platform.credentials.filter((field) => field.of === "app");
  const isKept = (name: string) => !ofApp.some((field) => field.name === name);
  const now = clock.now();
  let isTaken = false;
  await untilStored(
    async () => {
      if (!channels.get(used.id)) return;
      const renewed = (credentials: Credentials) =>
        Object.fromEntries(Object.entries({ ...credentials, ...change }).filter(([name]) => isKept(name)));
      // Somebody has given it another meanwhile: that one counts.
      const wish = ({ credentials }: ChannelRow) =>
        markOf(platform, credentials) === markOf(platform, used.credentials)
          ? { credentials: renewed(credentials) }
          : undefined;
      const life = {
        tokenSeenAt: now,
        tokenExpiresAt: now + lastsSeconds * 1000,
        tokenWarnedDays: undefined,
      };
      await channels.update(used.id, wish, async ({ credentials }) => {
        await store.keepChannelHealth(used.id, {
          tokenMark: markOf(platform, renewed(credentials)),
          ...life,
        });
        isTaken = true;
      });
    },
    gateway,
    stopping,
  );
  if (!isTaken) return;
  log.info({ channel: used.id, until: timestamp(now + lastsSeconds * 1000) }, "a token was renewed");
  // What left with the old one meanwhile may have been refused.
  if (channels.get(used.id) && (await resume(gateway, used.id))) wake(used.id);
}

async function warn(gateway: Gateway, channel: ChannelRow, known: Known): Promise<void> {
  const { store, clock, eventsWritten, log, platforms } = gateway;
  const { tokenExpiresAt, tokenWarnedDays = Number.POSITIVE_INFINITY } = known;
  if (tokenExpiresAt === undefined) return;
  const days = warnings.find((ahead) => tokenExpiresAt - clock.now() <= ahead * dayMs);
  if (days === undefined || days >= tokenWarnedDays) return;
  const expires_at = timestamp(tokenExpiresAt);
  const { title } = platforms[channel.platform];
  const reason = `${title} takes its access token until ${expires_at}. Make another, then PATCH /v1/channels/${channel.id} {"credentials": {…}}.`;
  const of = { id: channel.id, platform: channel.platform };
  const told = { type: "channel.token_expiring" as const, timestamp: timestamp(clock.now()), channel: of };
  await Promise.all([
    store.keepChannelHealth(channel.id, { tokenWarnedDays: days }),
    store.addEvent({ ...told, expires_at, reason }),
  ]);
  log.warn({ channel: channel.id, until: expires_at }, "a channel's token ends soon");
  eventsWritten.raise();
}
