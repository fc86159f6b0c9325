import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { type Config, isLoopbackHost, loopbackUrl } from "./config.ts";
import type { Clock } from "./core/clock.ts";
import type { Log } from "./core/log.ts";
import type { Meter } from "./core/meter.ts";
import type { PlatformName } from "./core/platform.ts";
import type { Tracing } from "./core/tracing.ts";
import { FormerNode } from "./former-node.ts";
import { FailedAttempts } from "./gateway/access/failed-attempts.ts";
import { Keys } from "./gateway/access/keys.ts";
import { Sessions } from "./gateway/access/sessions.ts";
import { Apps } from "./gateway/connecting/apps.ts";
import { ChannelUpkeep } from "./gateway/connecting/channel-upkeep.ts";
import { Channels } from "./gateway/connecting/channels.ts";
import { Notifier } from "./gateway/delivering/notify.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { guardedAgent } from "./gateway/guard.ts";
import { type BackupSettings, Backups } from "./gateway/keeping/backups.ts";
import { Invariants } from "./gateway/keeping/invariants.ts";
import { Keeper } from "./gateway/keeping/keeper.ts";
import type { RetentionDays } from "./gateway/keeping/retention.ts";
import { SecretRotation } from "./gateway/keeping/secret-rotation.ts";
import { WallSkew } from "./gateway/keeping/wall-skew.ts";
import { Membership } from "./gateway/nodes/membership.ts";
import { Neighbours } from "./gateway/nodes/neighbours.ts";
import { soleTenure, type Tenure } from "./gateway/nodes/tenure.ts";
import { Router } from "./gateway/receiving/app-webhooks.ts";
import { Digester } from "./gateway/receiving/digest.ts";
import { Receivers } from "./gateway/receiving/receive.ts";
import { RefusedWebhooks } from "./gateway/receiving/refused-webhooks.ts";
import { setUnreadableAside } from "./gateway/receiving/set-aside.ts";
import { Suspects } from "./gateway/receiving/suspects.ts";
import { mintId } from "./gateway/secret.ts";
import { Admission } from "./gateway/sending/admission.ts";
import { Echoes } from "./gateway/sending/echoes.ts";
import { Journal } from "./gateway/sending/journal.ts";
import { Lanes } from "./gateway/sending/lanes.ts";
import { Uploads } from "./gateway/sending/upload.ts";
import { Signal } from "./gateway/signal.ts";
import { Transport } from "./gateway/transport.ts";
import { buildApp } from "./http/app.ts";
import { Metrics } from "./http/metrics.ts";
import { Recent, together } from "./http/recent.ts";
import type { SignInLink, Unready } from "./http/server.ts";
import type { Logging } from "./logging.ts";
import { elapsedOn, machineTime } from "./machine-time.ts";
import { demandNothingUnmoved, demandNotMoved } from "./move-mark.ts";
import { appProvider, platforms, platformsAt } from "./platforms/index.ts";
import { demandNoHalfRestore } from "./restore-leftovers.ts";
import { keyringOf } from "./secret-key.ts";
import { SharedClock } from "./shared-clock.ts";
import { SteadyClock } from "./steady-clock.ts";
import type { CommitHooks, StoreOptions } from "./store/sql/options.ts";
import { openSqlite } from "./store/sqlite.ts";
import type { Store } from "./store/store.ts";
import { storeSizes } from "./store-sizes.ts";
import { openTracing } from "./tracing.ts";

/** A gateway put together and not started. */
export interface Composed {
  gateway: Gateway;
  lanes: Lanes;
  keeper: Keeper;
  backups: Backups;
  router: Router;
  digester: Digester;
  notifier: Notifier;
  receivers: Receivers;
  upkeep: ChannelUpkeep;
  rotation: SecretRotation;
  invariants: Invariants;
  /** When all workers have started: takes up its share of the work, where several nodes share the database. */
  joinOthers(): Promise<void>;
  app(notReady: () => Unready[], simulatorUrl?: string, signInLink?: SignInLink): FastifyInstance;
  /** Stops the workers in the order in which work flows, then closes the store. */
  stop(): Promise<void>;
}

/** Puts the parts together: store, workers and routes know each other only from here. `onBroken` is to end the process. */
export async function compose(
  config: Config,
  logging: Logging,
  onBroken: (sentence: string) => void,
): Promise<Composed> {
  const metrics = new Metrics();
  const onCommit = (_intentions: number, ms: number) =>
    metrics.time("antiphon_commit_seconds", ms / 1000, {});
  const { store, clock, membership, former } = await openStore(config, logging, { onBroken, onCommit });
  const recent = new Recent(clock);
  const tracing = await openTracing(config.tracing);
  const guarded = new Transport(guardedAgent(config.allowPrivateEndpoints));
  const gateway = gatewayOf(config, {
    store,
    guarded,
    clock,
    log: logging.log,
    meter: together(metrics, recent),
    tracing,
    tenure: membership ?? soleTenure,
  });
  await loaded(gateway);
  const router = new Router(gateway);
  const keeper = new Keeper(gateway, retentionOf(config));
  const backups = new Backups(gateway, backupsOf(config));
  const lanes = new Lanes(gateway);
  const digester = new Digester(gateway, lanes);
  const notifier = new Notifier(gateway, guarded, { contentDays: config.retainContentDays });
  const reach = { publicUrl: config.publicUrl, loopbackUrl: loopbackUrl(config.host, config.port) };
  const receivers = new Receivers(gateway, reach);
  const upkeep = new ChannelUpkeep(gateway, { receivers, lanes });
  const rotation = new SecretRotation(gateway);
  const invariants = new Invariants(gateway);

  const neighbours =
    membership && new Neighbours(gateway, membership, { lanes, receivers, notifier, keeper, rotation });

  const served = { gateway, lanes, keeper, backups, notifier, receivers, rotation, invariants };
  return {
    ...served,
    router,
    digester,
    upkeep,
    async joinOthers() {
      await neighbours?.start();
      await membership?.start();
    },
    app(notReady, simulatorUrl, signInLink) {
      const { trustProxy, allowPrivateEndpoints, publicUrl, maxConnections } = config;
      const isLoopback = isLoopbackHost(config.host);
      const where = { trustProxy, isLoopback, publicUrl, maxConnections };
      const settings = { ...where, allowPrivateEndpoints, simulatorUrl, signInLink };
      const failedAttempts = new FailedAttempts(clock);
      const sizes = () => storeSizes(config.dataDir);
      const behind = () => (neighbours?.behind ?? []).map(({ kind }) => kind);
      return buildApp({ ...served, metrics, recent, sizes, failedAttempts, settings, notReady, behind });
    },
    stop: () =>
      stopAll({
        ...served,
        router,
        digester,
        upkeep,
        membership,
        neighbours,
        former,
        guarded,
        clock,
        tracing,
      }),
  };
}

interface Stopped extends Omit<Composed, "app" | "joinOthers" | "stop"> {
  membership: Membership | undefined;
  neighbours: Neighbours | undefined;
  former: FormerNode | undefined;
  guarded: Transport;
  clock: Opened["clock"];
  tracing: Awaited<ReturnType<typeof openTracing>>;
}

/** In the order in which work flows: what ends first hands nothing on any more. */
async function stopAll({
  gateway,
  membership,
  neighbours,
  router,
  digester,
  ...all
}: Stopped): Promise<void> {
  const { keeper, backups, notifier, upkeep, receivers, lanes, rotation, invariants } = all;
  membership?.leave();
  // All at once, so that none begins anything more while another ends: the next start goes on with it.
  const workers = [keeper, backups, notifier, upkeep, receivers, lanes, rotation, invariants];
  await Promise.all(workers.map((worker) => worker.stop()));
  await router.stop();
  await digester.stop();
  await neighbours?.stop();
  await membership?.stop();
  await Promise.all([gateway.transport.close(), all.guarded.close()]);
  gateway.journal.close();
  await all.clock.stop();
  await gateway.store.close();
  all.former?.close();
  await all.tracing.close();
}

async function loaded(gateway: Gateway): Promise<void> {
  await gateway.apps.load();
  await gateway.channels.load();
  await setUnreadableAside(gateway);
  await gateway.keys.load();
  await gateway.sessions.load();
  await gateway.echoes.load(Object.values(platforms));
}

interface Outside {
  store: Store;
  /** For addresses that others give us. */
  guarded: Transport;
  clock: Clock;
  log: Log;
  meter: Meter;
  tracing: Tracing;
  tenure: Tenure;
}

/** What every use case works with, nothing of it begun. */
function gatewayOf(config: Config, { store, guarded, clock, log, meter, tracing, tenure }: Outside): Gateway {
  const apps = new Apps(store);
  const keys = new Keys({ store, clock, log });
  const skew = new WallSkew({ clock, log });
  return {
    store,
    admission: new Admission(store, config),
    apps,
    channels: new Channels(store, apps),
    keys,
    platforms: platformsAt(config.graphVersion),
    sessions: new Sessions({ store, clock, log, keys }),
    provider: appProvider,
    transport: new Transport(undefined, (headers) => skew.see(headers)),
    journal: new Journal(join(config.dataDir, "receipts.journal"), log),
    echoes: new Echoes(store),
    uploads: new Uploads(guarded, clock),
    refusedWebhooks: new RefusedWebhooks(),
    suspects: new Suspects({ store, clock, log }),
    tenure,
    clock,
    random: Math.random,
    mint: mintId,
    log,
    meter,
    tracing,
    accepted: new Signal(),
    laneReady: new Signal(),
    payloadsReady: new Signal(),
    appPayloadsReady: new Signal(),
    eventsWritten: new Signal(),
  };
}

interface Opened {
  store: Store;
  clock: Clock & { stop(): Promise<void> };
  /** Where other nodes may share the store. */
  membership?: Membership;
  former?: FormerNode;
}

/** With the clock, which goes on from where the store says that it stood. */
async function openStore(config: Config, { log }: Logging, hooks: CommitHooks): Promise<Opened> {
  const machine = machineTime();
  const clock = config.databaseUrl ? new SharedClock({ log, machine }) : new SteadyClock({ log, machine });
  const steady = () => clock.steady();
  const options = { mint: mintId, windowMs, keyring: keyringOf(config), steady, ...hooks };
  const file = join(config.dataDir, "antiphon.db");
  if (!config.databaseUrl) {
    const store = await openFile(file, options);
    await clock.start(store);
    return { store, clock };
  }
  demandNothingUnmoved(file);
  const former = new FormerNode(config.dataDir);
  const store = await openDatabase(config.databaseUrl, options);
  await clock.start(store);
  const elapsed = elapsedOn(machine);
  const membership = new Membership({ store, clock, log, mint: mintId, elapsed, former });
  return { store, clock, membership, former };
}

/** Its driver is loaded where it is wanted: most gateways have a file. */
async function openDatabase(url: string, options: StoreOptions): Promise<Store> {
  const { openPostgres } = await import("./store/postgres.ts");
  return openPostgres({ url, ...options });
}

function openFile(file: string, options: StoreOptions): Promise<Store> {
  demandNoHalfRestore(file);
  demandNotMoved(file);
  return openSqlite({ file, ...options });
}

function retentionOf({ retainContentDays, retainRecordsDays, retainAuditDays }: Config): RetentionDays {
  return { contentDays: retainContentDays, recordsDays: retainRecordsDays, auditDays: retainAuditDays };
}

function backupsOf({ dataDir, backupFolder, keepBackups }: Config): BackupSettings {
  return { folder: backupFolder ?? join(dataDir, "backups"), keep: keepBackups };
}

function windowMs(platform: PlatformName): number | null {
  const { windowSeconds } = platforms[platform].capabilities;
  return windowSeconds === null ? null : windowSeconds * 1000;
}
