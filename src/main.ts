import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { Agent, setGlobalDispatcher } from "undici";
import { hashedKey, keptKey } from "./api-key.ts";
import { banner } from "./banner.ts";
import { type Composed, compose } from "./compose.ts";
import { type Config, isLoopbackHost, prepareFolder, readConfig, urlHost } from "./config.ts";
import { GatewayError } from "./core/problem.ts";
import { bootstrapId } from "./gateway/access/key-text.ts";
import { rest } from "./gateway/rest.ts";
import { newSessionToken } from "./gateway/secret.ts";
import type { Unready } from "./http/server.ts";
import { errorShown, masked } from "./log-fields.ts";
import { Logging } from "./logging.ts";
import { migrate } from "./migrate.ts";
import { moveToPostgres } from "./move.ts";
import { restore } from "./restore.ts";
import { isKeyBesideData, keyringOf } from "./secret-key.ts";
import { Shutdown } from "./shutdown.ts";
import { firstMessages, simulatedChannels, startSimulatorProcess } from "./simulated.ts";
import { startSimulator } from "./simulator/simulator.ts";
import type { ChannelRow } from "./store/rows.ts";

const startWithinMs = 30_000;
const starting: Unready = { code: "starting", detail: "starting" };
const usage =
  "Use npm start (gateway and simulator), npm run serve (gateway), npm run simulator, npm run migrate, npm run restore -- FILE, or npm run move.";
const commands: Record<string, (config: Config, shutdown: Shutdown) => Promise<void>> = {
  start,
  serve,
  simulator,
  migrate: (config) => migrate(config, process.argv.slice(3)),
  restore: (config) => restore(config, process.argv.slice(3)),
  move: (config) => moveToPostgres(config, process.argv.slice(3)),
};

/** Gateway and simulator on this machine, with simulated channels and people: what a newcomer runs. */
async function start(settings: Config, shutdown: Shutdown): Promise<void> {
  const config = { ...settings, allowPrivateEndpoints: true };
  if (!isLoopbackHost(config.host)) {
    return shutdown.fail(
      `HOST is ${config.host}, but npm start makes simulated accounts, which anyone could use there. Leave HOST out, or type: HOST=${config.host} npm run serve`,
    );
  }
  const logging = new Logging(process.env.LOG_LEVEL ? config.logLevel : "warn", true);
  shutdown.add(async () => logging.release());
  const simulatorUrl = `http://127.0.0.1:${config.simulatorPort}`;
  const composed = await compose(config, logging, (sentence) => shutdown.breakOff(sentence));
  // Added first, so that the simulator outlives the gateway's drain.
  const started = { endSimulator: async () => {} };
  shutdown.add(() => started.endSimulator());
  shutdown.add(() => composed.stop());
  const key = await keptKey(config, composed.gateway);
  // Good while this process runs, and as good as the key: never written anywhere but to its terminal.
  const signInLink = { secret: newSessionToken(), keyId: bootstrapId };
  const state: { notReady: Unready[] } = { notReady: [starting] };
  await composed.backups.start();
  await listen(
    composed.app(() => state.notReady, simulatorUrl, signInLink),
    config,
    shutdown,
  );
  started.endSimulator = await startSimulatorProcess(config, logging);
  const channels = await simulatedChannels(composed.gateway, simulatorUrl);
  await startWorkers(composed);
  const shown = await inTime(simulatedLife(composed, channels, simulatorUrl), composed, () =>
    reasons(composed),
  );
  process.stdout.write(banner(config, { key, signIn: signInLink.secret }, shown));
  logging.release();
  state.notReady = [];
}

/** Fulfils when the simulated channels receive and their people's messages are stored. */
async function simulatedLife({ gateway, receivers }: Composed, channels: ChannelRow[], simulatorUrl: string) {
  await Promise.all(channels.map((channel) => receivers.receiving(channel.id)));
  return firstMessages(gateway, channels, simulatorUrl);
}

/** A start that cannot succeed says so instead of waiting for ever. */
async function inTime<Value>(work: Promise<Value>, { gateway }: Composed, why: () => string): Promise<Value> {
  const late = Symbol();
  const timeout = new AbortController();
  const isLate = rest(gateway.clock, startWithinMs, timeout.signal).then((): symbol => late);
  const outcome = await Promise.race([work, isLate]);
  timeout.abort();
  if (outcome === late) throw new GatewayError("unavailable", `Starting took too long: ${why()}`);
  return outcome as Value;
}

function reasons({ receivers }: Composed): string {
  const waiting = [...receivers.waiting].map(([channel, reason]) => `channel ${channel}: ${reason}`);
  return (
    waiting.join("; ") || "the people's first messages were not stored. Start again with LOG_LEVEL=info."
  );
}

/** The gateway alone. */
async function serve(config: Config, shutdown: Shutdown): Promise<void> {
  const logging = new Logging(config.logLevel, false);
  const composed = await compose(config, logging, (sentence) => shutdown.breakOff(sentence));
  shutdown.add(() => composed.stop());
  const key = await hashedKey(config, composed.gateway);
  const isLoopback = isLoopbackHost(config.host);
  const simulatorUrl = isLoopback ? `http://127.0.0.1:${config.simulatorPort}` : undefined;
  await followSimulator(composed, simulatorUrl);
  const state = { isStarting: true };
  const untried = () =>
    composed.receivers.untried().map((id): Unready => {
      return { code: "registering", channel: id, detail: `channel ${id} is being registered` };
    });
  const notReady = () => (state.isStarting ? [starting] : untried());
  await composed.backups.start();
  await listen(composed.app(notReady, simulatorUrl), config, shutdown);
  await startWorkers(composed);
  state.isStarting = false;
  process.stdout.write(`Antiphon listens on http://${urlHost(config.host)}:${config.port}\n`);
  if (!config.databaseUrl && isKeyBesideData(config)) process.stdout.write(besideData(config));
  if (key) process.stdout.write(`The API key, shown this once (only its hash is kept): ${key}\n`);
}

function besideData(config: Config): string {
  const { source } = keyringOf(config);
  return `Stored secrets are sealed with the key in ${source}: beside the data it protects only copies of the database. Keep it elsewhere: ANTIPHON_SECRET_KEY_FILE=/path/to/key\n`;
}

/** Simulated channels follow SIMULATOR_PORT, and rest where others than this machine could use them. */
async function followSimulator({ gateway }: Composed, simulatorUrl: string | undefined): Promise<void> {
  const simulated = gateway.channels.all().filter((channel) => channel.simulated);
  for (const channel of simulated) {
    if (simulatorUrl) await gateway.channels.update(channel.id, { baseUrl: simulatorUrl });
    else gateway.channels.suspend(channel.id);
  }
  if (simulatorUrl || simulated.length === 0) return;
  process.stderr.write(
    `${simulated.length} simulated channels are suspended: they work only with HOST=127.0.0.1 (npm start).\n`,
  );
}

/** The simulator alone; as a child of `npm start` it ends with its parent. */
async function simulator(config: Config, shutdown: Shutdown): Promise<void> {
  const logging = new Logging(process.env.LOG_LEVEL ? config.logLevel : "warn", false);
  const dataDir = join(config.dataDir, "simulator");
  const refusal = prepareFolder(dataDir);
  if (refusal) return shutdown.fail(refusal);
  const running = await startSimulator({ port: config.simulatorPort, dataDir, log: logging.log }).catch(
    (error: Error) => shutdown.fail(listenFailure(error, "SIMULATOR_PORT", config.simulatorPort)),
  );
  shutdown.add(() => running.close());
  if (!process.send) {
    process.stdout.write(`The simulator listens on http://127.0.0.1:${running.port}\n`);
    return;
  }
  process.once("disconnect", () => running.close().finally(() => process.exit(0)));
  process.send({ listening: running.port });
}

async function startWorkers({
  lanes,
  keeper,
  router,
  digester,
  notifier,
  receivers,
  upkeep,
  rotation,
  invariants,
  gateway,
  joinOthers,
}: Composed): Promise<void> {
  await lanes.start();
  digester.start();
  router.start();
  await notifier.start();
  keeper.start();
  for (const channel of gateway.channels.all()) receivers.follow(channel);
  upkeep.start();
  rotation.start();
  invariants.start();
  await joinOthers();
}

async function listen(app: FastifyInstance, config: Config, shutdown: Shutdown): Promise<void> {
  try {
    await app.listen({ port: config.port, host: config.host });
  } catch (error) {
    return shutdown.fail(listenFailure(error as Error, "PORT", config.port));
  }
  shutdown.add(() => app.close());
}

function listenFailure(error: Error, name: string, port: number): string {
  const { code } = error as NodeJS.ErrnoException;
  const typed = process.argv[2];
  // The simulator that npm start made speaks of the command that was typed.
  const command = process.send || typed === "start" ? "npm start" : `npm run ${typed}`;
  if (code === "EADDRINUSE") {
    const other = port > 65_000 ? port - 10 : port + 10;
    return `Port ${port} is in use. Stop what uses it, or choose another: ${name}=${other} ${command}`;
  }
  if (code === "EACCES")
    return `Port ${port} may not be used by this user. Choose another: ${name}=${port + 8000} ${command}`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `HOST is not an address of this machine (${code}). Leave it out, or type: HOST=127.0.0.1 ${command}`;
  return `Cannot listen on port ${port} (${name}): ${error.message}`;
}

/** Node would print the error whole, and what a library wrote into its message with it. */
function endWith(error: unknown): never {
  const line = {
    level: "fatal",
    time: new Date().toISOString(),
    err: errorShown(error),
    msg: "ended by an error",
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  // Whatever is made below, by SQLite too, is its owner's alone.
  process.umask(0o077);
  process.on("uncaughtException", endWith);
  // With NODE_USE_ENV_PROXY Node has made one that sends even what goes to the simulator beside us through a proxy.
  setGlobalDispatcher(new Agent());
  const shutdown = new Shutdown();
  const command = commands[process.argv[2] ?? ""];
  if (!command) return shutdown.fail(usage);
  const read = readConfig(process.env);
  // A child has no use for it: the simulator, say.
  delete process.env.ANTIPHON_SECRET_KEY;
  delete process.env.DATABASE_URL;
  if ("mistakes" in read) return shutdown.fail(read.mistakes.join("\n"));
  const refusal = prepareFolder(read.config.dataDir);
  if (refusal) return shutdown.fail(refusal);
  try {
    await command(read.config, shutdown);
  } catch (error) {
    if (shutdown.isUnderWay) return;
    await shutdown.fail(
      error instanceof GatewayError ? error.detail : `Starting failed: ${masked((error as Error).message)}`,
    );
  }
}

await main();
