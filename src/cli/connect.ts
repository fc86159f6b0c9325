import {
  type ChannelCheck,
  type ConnectedApp,
  type ConnectedChannel,
  described,
  type Registration,
} from "./connected.ts";
import { askForCredentials, type Offer, readValues } from "./credentials.ts";
import { Questions } from "./questions.ts";
import { Refusal, RunningGateway } from "./running-gateway.ts";

const flags = ["--simulated", "--take-over"];

interface Wish {
  platform: string;
  values: string[];
  name?: string;
  simulated: boolean;
  takeOver: boolean;
}

/** The credentials as they were typed, and the platform that they are for. */
interface Typed {
  offer: Offer;
  credentials: Record<string, string>;
}

/** `connect <platform>`: adds a channel to the gateway that runs on this machine, and gives what to tell of it. */
export async function connect(args: string[]): Promise<string> {
  const gateway = new RunningGateway();
  const questions = new Questions();
  try {
    return await connectWith(gateway, questions, args);
  } finally {
    questions.close();
  }
}

async function connectWith(gateway: RunningGateway, questions: Questions, args: string[]): Promise<string> {
  const offers = (await gateway.get<{ data: Offer[] }>("/v1/capabilities")).data;
  const wish = readWish(args);
  const offer = offers.find((one) => one.platform === wish.platform);
  if (!offer) throw new Error(usage(offers));
  const credentials = await askForCredentials(questions, offer, readValues(wish.values, offer));
  const channel = await add(gateway, wish, { offer, credentials });
  const registration = await register(gateway, channel, { questions, takeOver: wish.takeOver });
  const check = await gateway.post<ChannelCheck>(`/v1/channels/${channel.id}/check`);
  const app = channel.app && (await gateway.get<ConnectedApp>(`/v1/apps/${channel.app}`));
  const told = described({ title: offer.title, channel, registration, check, ...(app && { app }) });
  if ("refusal" in registration && registration.isConflict) throw new Error(told);
  return told;
}

function readWish(args: string[]): Wish {
  const stray = args.find((arg) => arg.startsWith("--") && !flags.includes(arg));
  if (stray) throw new Error(`There is no option ${stray}; there are ${flags.join(" and ")}.`);
  const [platform = "", ...values] = args.filter((arg) => !flags.includes(arg));
  const named = values.find((value) => value.startsWith("name="));
  return {
    platform,
    values: values.filter((value) => value !== named),
    ...(named && { name: named.slice("name=".length) }),
    simulated: args.includes("--simulated"),
    takeOver: args.includes("--take-over"),
  };
}

function usage(offers: Offer[]): string {
  const lines = offers.map(({ platform, credentials }) => {
    const fields = credentials.map(({ name, required }) => (required ? `${name}=…` : `[${name}=…]`));
    return `  npm run connect -- ${platform} ${fields.join(" ")}`;
  });
  return `Type one of these. What is left out is asked for; without any field every one is.
${lines.join("\n")}
Also: name=… for the channel's name, --take-over where another program receives now, and --simulated for an account
of the simulator (GET /simulator/accounts lists them).`;
}

async function add(
  gateway: RunningGateway,
  { platform, name, simulated, takeOver }: Wish,
  { offer, credentials }: Typed,
): Promise<ConnectedChannel> {
  const body = { platform, credentials, ...(name && { name }), ...(simulated && { simulated }) };
  try {
    return await gateway.post<ConnectedChannel>("/v1/channels", body);
  } catch (error) {
    const known = error instanceof Refusal ? error.problem.channel : undefined;
    // The same command again, now to take over.
    if (known && takeOver) return renew(gateway, known, { offer, credentials });
    throw error;
  }
}

/** What was typed may be newer than what the channel has. Its app's part was compared with the app's before. */
async function renew(
  gateway: RunningGateway,
  id: string,
  { offer, credentials }: Typed,
): Promise<ConnectedChannel> {
  const path = `/v1/channels/${id}`;
  const { app } = await gateway.get<ConnectedChannel>(path);
  const known = app && (await gateway.get<ConnectedApp>(`/v1/apps/${app}`));
  const ofApp = offer.credentials.filter((field) => field.of === "app").map((field) => field.name);
  const kept = known && known.app_id === credentials.app_id ? ofApp : [];
  const own = Object.entries(credentials).filter(([name]) => !kept.includes(name));
  return gateway.patch<ConnectedChannel>(path, { credentials: Object.fromEntries(own) });
}

async function register(
  gateway: RunningGateway,
  channel: ConnectedChannel,
  { questions, takeOver }: { questions: Questions; takeOver: boolean },
): Promise<Registration> {
  try {
    return await gateway.post(`/v1/channels/${channel.id}/register`, { take_over: takeOver });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, detail = "" } = error.problem;
    if (code !== "webhook_conflict") return { refusal: detail, isConflict: false };
    if (!takeOver && (await questions.confirm(`\n${detail} Take it over?`)))
      return register(gateway, channel, { questions, takeOver: true });
    const way = "Type the same command with --take-over behind it to have it here.";
    return { refusal: `${detail} ${way}`, isConflict: true };
  }
}
