import type { JsonObject } from "../../src/core/json.ts";
import type { HttpRequest, HttpResponse } from "../../src/core/platform.ts";
import type { Chance } from "../fuzz/chance.ts";
import { type Account, accounts, tokenOf } from "./accounts.ts";
import type { Agenda } from "./agenda.ts";
import type { Chronicle } from "./chronicle.ts";
import { type Departure, type Judge, laneOf, type Taken } from "./judge.ts";
import type { Moment, Weather } from "./plan.ts";
import { Told } from "./told.ts";
import type { Webhook } from "./webhooks.ts";

/** What becomes of a call on its way back. */
export type Way =
  | { kind: "answer"; response: HttpResponse; heard?: () => void }
  /** The connection breaks, or nothing ever comes. */
  | { kind: "reset" }
  | { kind: "silence" };

type Body = Record<string, JsonObject & Record<string, unknown>> & Record<string, unknown>;

interface Setting {
  agenda: Agenda;
  chance: Chance;
  chronicle: Chronicle;
  judge: Judge;
  passes: (moment: Moment) => void;
  weather: Weather;
  /** A webhook to be posted until it is answered. */
  post: (webhook: Webhook) => void;
  /** The wall clock of the gateway jumps in this run. */
  isJumping: boolean;
}

/** WhatsApp, Messenger, Instagram and Telegram as their documents tell of them: they take, refuse, fail and tell. */
export class Platforms {
  readonly #setting: Setting;
  readonly #told: Told;
  /** Which of an account's tokens is good; none of those before it is. */
  readonly #goodToken = new Map<string, number>();
  #ids = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#told = new Told(setting);
  }

  /** Refuses the account's token from now on. Gives the number of the next good one. */
  revoke({ id }: Account): number {
    const next = (this.#goodToken.get(id) ?? 0) + 1;
    this.#goodToken.set(id, next);
    return next;
  }

  /** Whose call it is that leaves, by its own words. */
  departure({ url, headers, body = "{}" }: HttpRequest): Departure {
    const { pathname } = new URL(url);
    const bot = /^\/bot(\d+):([^/]+)\//.exec(pathname);
    const id = bot ? bot[1] : /^\/v[\d.]+\/(\d+)\/messages$/.exec(pathname)?.[1];
    const account = accounts.find((one) => one.id === id);
    const label = /\bm\d+\b/.exec(body)?.[0] ?? "";
    const found = this.#setting.judge.cases.get(label);
    if (!account || !found) throw new Error(`a call of nobody: ${pathname} ${body}`);
    const sent = JSON.parse(body) as Body;
    const to = String(sent.to ?? sent.recipient?.id ?? sent.chat_id);
    const token = bot ? `${bot[1]}:${bot[2]}` : (headers.authorization ?? "").replace("Bearer ", "");
    return { account, to, body, token, case: found, at: this.#setting.agenda.now };
  }

  /** A call arrives: what is done with it, and what goes back. */
  arrives(departure: Departure): Way {
    const { judge, chance } = this.#setting;
    judge.arrives(departure);
    const { account, token } = departure;
    if (token !== tokenOf(account, this.#goodToken.get(account.id) ?? 0))
      return this.#refuse(departure, "token");
    if (!this.#isFoul()) return this.#take(departure);
    const fault = chance.of(faults);
    if (fault === "refused" || fault === "throttled" || fault === "resting" || fault === "outage")
      return this.#refuse(departure, fault);
    const isTaken = chance.once(2);
    const way = isTaken ? this.#take(departure) : undefined;
    if (fault === "late" && way) return way;
    this.#setting.chronicle.note(`  ${fault}, ${isTaken ? "taken" : "not taken"}`);
    if (fault === "odd" && isTaken && account.platform === "messenger") return oddly;
    if (fault === "proxy") return { kind: "answer", response: page(502) };
    return { kind: fault === "reset" ? "reset" : "silence" };
  }

  /** A contact writes. */
  says(account: Account, from: string, copies: number): void {
    this.#told.said(account, from, { id: this.#mint(), copies });
  }

  #isFoul(): boolean {
    const { agenda, weather, chance } = this.#setting;
    return agenda.now < weather.untilMs && chance.once(weather.oneIn);
  }

  #mint(): number {
    return ++this.#ids;
  }

  #take(departure: Departure): Way {
    const { judge, chronicle } = this.#setting;
    const { account, to } = departure;
    const number = this.#mint();
    const platformId = idOf(account, to, number);
    const taken = judge.takes(departure, platformId);
    chronicle.note(`  taken ${taken.label} as ${platformId}`);
    this.#told.accepted(taken);
    return {
      kind: "answer",
      response: json(200, acceptance(taken, number)),
      heard: () => heardOf(departure, taken),
    };
  }

  #refuse(departure: Departure, why: keyof Refusals): Way {
    const { account, to, case: one } = departure;
    const { judge, chance, chronicle } = this.#setting;
    const seconds = 1 + chance.int(chance.of([8, 40]));
    const response = refusals[account.platform as Graphs][why](seconds);
    chronicle.note(`  ${why} ${one.post.label}`);
    const heard = () => {
      answered(departure);
      if (why === "refused") one.refused++;
      else one.deferred++;
      if (why === "resting" && account.platform !== "telegram") this.#setting.passes("paused");
      if (why === "throttled") judge.rests(laneOf(account, to), seconds);
      // Telegram does not tell whose limit it was.
      if (why === "resting")
        judge.rests(account.platform === "telegram" ? laneOf(account, to) : account.channelId, seconds);
    };
    return { kind: "answer", response, heard };
  }
}

function heardOf(departure: Departure, taken: Taken): void {
  answered(departure);
  taken.isKnown = true;
}

function answered({ case: one, body }: Departure): void {
  one.unanswered--;
  one.open.delete(body);
}

const faults = [
  ...["refused", "throttled", "throttled", "resting", "resting", "resting", "outage", "outage"],
  ...["proxy", "reset", "reset", "silence", "silence", "odd"],
] as ("refused" | "throttled" | "resting" | "outage" | "proxy" | "reset" | "silence" | "odd" | "late")[];

function idOf({ platform }: Account, to: string, number: number): string {
  if (platform === "whatsapp") return `wamid.${number}`;
  return platform === "telegram" ? `${to}:${number}` : `mid.${number}`;
}

function acceptance({ account, to, platformId }: Taken, number: number): JsonObject {
  if (account.platform === "whatsapp")
    return {
      messaging_product: "whatsapp",
      contacts: [{ input: to, wa_id: to.slice(1) }],
      messages: [{ id: platformId }],
    };
  if (account.platform === "telegram")
    return { ok: true, result: { message_id: number, date: 1_790_000_000, chat: { id: Number(to) } } };
  return { recipient_id: to, message_id: platformId };
}

type Refusals = Record<
  "token" | "refused" | "throttled" | "resting" | "outage",
  (seconds: number) => HttpResponse
>;
type Graphs = "whatsapp" | "messenger" | "instagram" | "telegram";

const messaging: Refusals = {
  token: () => graph(401, 190),
  refused: () => graph(400, 551),
  throttled: (seconds) => graph(500, 1200, seconds),
  resting: (seconds) => graph(400, 613, seconds),
  outage: () => graph(500, 2),
};

const refusals: Record<Graphs, Refusals> = {
  whatsapp: {
    token: () => graph(401, 190),
    refused: () => graph(400, 131026),
    throttled: (seconds) => graph(400, 131056, seconds),
    resting: (seconds) => graph(400, 130429, seconds),
    outage: () => graph(500, 131000),
  },
  messenger: messaging,
  instagram: messaging,
  telegram: {
    token: () => telegram(401, "Unauthorized"),
    refused: () => telegram(403, "Forbidden: bot was blocked by the user"),
    throttled: (seconds) => telegram(429, `Too Many Requests: retry after ${seconds}`, seconds),
    resting: (seconds) => telegram(429, `Too Many Requests: retry after ${seconds}`, seconds),
    outage: () => telegram(500, "Internal Server Error"),
  },
};

/** "Invalid JSON reply", says Messenger's page: the message was sent all the same. */
const oddly: Way = {
  kind: "answer",
  response: json(500, { error: { message: "Invalid JSON reply", code: 1, error_subcode: 1357046 } }),
};

function graph(status: number, code: number, seconds?: number): HttpResponse {
  const answer = json(status, { error: { message: `Error ${code}`, type: "OAuthException", code } });
  return seconds === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, "retry-after": String(seconds) } };
}

function telegram(code: number, description: string, seconds?: number): HttpResponse {
  const refusal = { ok: false, error_code: code, description };
  return json(code, seconds === undefined ? refusal : { ...refusal, parameters: { retry_after: seconds } });
}

function json(status: number, body: JsonObject): HttpResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function page(status: number): HttpResponse {
  return { status, headers: { "content-type": "text/html" }, body: "<html>Bad Gateway</html>" };
}
