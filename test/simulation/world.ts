import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isPassing } from "../../src/core/problem.ts";
import { ingest } from "../../src/gateway/receiving/ingest.ts";
import type { ChannelRow } from "../../src/store/rows.ts";
import type { Store } from "../../src/store/store.ts";
import { Chance } from "../fuzz/chance.ts";
import { type Account, credentialsOf, webhookSecret } from "./accounts.ts";
import { Agenda } from "./agenda.ts";
import { Chronicle } from "./chronicle.ts";
import { Customer } from "./customer.ts";
import { Disk } from "./disk.ts";
import { Judge } from "./judge.ts";
import { Life } from "./life.ts";
import type { Moment, Plan } from "./plan.ts";
import { Platforms } from "./platforms.ts";
import { againMs, Requests } from "./requests.ts";
import { signed, type Webhook } from "./webhooks.ts";
import type { Partner } from "./wire.ts";

/** So long after it had no room, a disk still lacks what is offered to it once a second. */
const lateMs = 1_500;
const files = ["antiphon.db", "antiphon.db-wal", "receipts.journal"];

/** Everything around the gateway, and the gateway's own lives in it. */
export class World {
  readonly plan: Plan;
  readonly agenda = new Agenda();
  readonly chance: Chance;
  readonly chronicle = new Chronicle(() => this.agenda.now);
  readonly judge: Judge;
  readonly customer = new Customer(this, () => this.life);
  readonly platforms: Platforms;
  readonly disk: Disk;
  readonly requests: Requests = new Requests(this);
  life: Life | undefined;
  /** One was asked to end, and has not yet. */
  isEnding = false;
  wallIsOffMs = 0;
  readonly #folder: string;
  readonly #posting = new Set<Webhook>();
  lives = 0;
  #crashes: Plan["crashes"];
  #moments = new Set<Moment | "any">();

  constructor(plan: Plan, folder: string) {
    this.plan = plan;
    this.#folder = folder;
    this.#crashes = [...plan.crashes];
    this.chance = new Chance(plan.seed);
    this.judge = new Judge(this.chronicle, () => this.agenda.now, plan.weather);
    const { agenda, chance, chronicle, judge } = this;
    this.disk = new Disk(agenda, chance, plan.full, () => this.passes("full"));
    const post = (webhook: Webhook) => this.#post(webhook);
    const passes = (moment: Moment) => this.passes(moment);
    const isJumping = plan.jumps.length > 0;
    this.platforms = new Platforms({
      agenda,
      chance,
      chronicle,
      judge,
      weather: plan.weather,
      post,
      passes,
      isJumping,
    });
  }

  /** Puts everything on the agenda. `template`: a folder with channels and an endpoint. */
  begin(template: string): void {
    this.#live(template);
    for (const post of this.plan.posts)
      for (const laterMs of [0, ...(post.twinsAfterMs ?? [])])
        this.agenda.in(post.at + laterMs, () => this.requests.send(post));
    for (const { at, account, from, copies } of this.plan.said)
      this.agenda.in(at, () => this.platforms.says(account, from, copies));
    for (const { at, byMs } of this.plan.jumps)
      this.agenda.in(at, () => {
        this.wallIsOffMs += byMs;
        this.chronicle.note(`the wall clock jumps by ${byMs} ms`);
      });
    for (const one of this.plan.revoked) this.agenda.in(one.at, () => this.#revoke(one));
    for (const { at, account, forMs } of this.plan.paused)
      this.agenda.in(at, () => {
        const goOn = () => this.#change(account, { paused: false });
        this.#change(account, { paused: true }, () => this.agenda.in(forMs, goOn));
      });
  }

  /** To be asked between any two steps: whether the gateway's life ends here. */
  look(): void {
    const moments = this.#moments;
    this.#moments = new Set(["any"]);
    const { life } = this;
    const next = this.#crashes.find(
      ({ afterSteps, at }) => life && life.steps >= afterSteps && moments.has(at),
    );
    if (!life || !next) return;
    this.#crashes = this.#crashes.filter((one) => one !== next);
    if (next.isGentle && life.stop) this.#stop(life, life.stop, next.downMs);
    else this.#crash(life, next.downMs);
  }

  /** This has happened in the step under way. */
  passes(moment: Moment): void {
    if (moment === "paused") this.chronicle.note("  pauses");
    this.#moments.add(moment);
  }

  /** The store as the gateway has it, where the judge hears of what is given up. */
  watched(store: Store, life: Life): Store {
    return {
      ...store,
      expireMessage: (id, problem, at) => {
        if (life.isAlive) this.#expires(id);
        return store.expireMessage(id, problem, at);
      },
    };
  }

  #expires(id: string): void {
    const one = [...this.judge.cases.values()].find((known) => known.id === id);
    if (!one) return;
    const { label, ttlSeconds = 86_400 } = one.post;
    const earlyMs = one.askedAt + ttlSeconds * 1000 - this.agenda.now;
    this.chronicle.note(`expired ${label}`);
    if (earlyMs > 0) this.chronicle.wrong("out of date", `${label} expires ${earlyMs} ms before its ttl`);
  }

  #live(from: string): void {
    const number = ++this.lives;
    const folder = join(this.#folder, String(number));
    mkdirSync(folder);
    for (const file of files)
      if (existsSync(join(from, file))) copyFileSync(join(from, file), join(folder, file));
    const life = new Life(this, number, folder);
    this.life = life;
    this.chronicle.note(`life ${number} begins`);
    life.start({ platforms: this.#platformSide(), endpoint: this.customer }).catch((error: Error) => {
      if (!life.isAlive) return;
      // A process that finds no room at its start ends, and is started again.
      if (isPassing(error)) this.#crash(life, againMs);
      else this.chronicle.wrong("broken", `the start failed: ${error.stack}`);
    });
  }

  #platformSide(): Partner {
    const { plan, agenda, platforms, judge, chronicle, disk } = this;
    return {
      wayMs: plan.weather.wayMs,
      answerMs: 300,
      answered: () => this.passes("answered"),
      unreachableOneIn: () =>
        agenda.now < plan.weather.untilMs ? 6 * plan.weather.oneIn : Number.POSITIVE_INFINITY,
      departs: (request) => {
        const departure = platforms.departure(request);
        chronicle.note(`leaves ${departure.case.post.label}`);
        const isAgain = departure.case.left.has(departure.body);
        this.passes(isAgain ? "left again" : "left");
        if (isAgain && agenda.now < disk.refusedAt + lateMs) this.passes("left again by a full disk");
        judge.departs(departure);
        return () => platforms.arrives(departure);
      },
    };
  }

  #stop(life: Life, stop: () => Promise<number>, downMs: number): void {
    const { refusals } = this.disk;
    this.chronicle.note(`life ${life.number} is asked to end`);
    this.isEnding = true;
    stop().then(
      (left) => {
        this.isEnding = false;
        if (!life.isAlive) return;
        this.chronicle.note(`life ${life.number} has ended`);
        if (left > 0 && this.disk.refusals === refusals)
          this.chronicle.wrong("answer forgotten", `${left} calls were under way at a stop in good order`);
        life.end();
        this.life = undefined;
        this.agenda.in(downMs, () => this.#live(life.folder));
      },
      (error: Error) => {
        this.isEnding = false;
        this.unlessDead(life, error, "the end");
      },
    );
  }

  #crash(life: Life, downMs: number): void {
    this.chronicle.note(`life ${life.number} is killed after ${life.steps} steps`);
    life.end();
    this.life = undefined;
    const kept = join(this.#folder, `${life.number}-kept`);
    mkdirSync(kept);
    for (const file of files)
      if (existsSync(join(life.folder, file))) copyFileSync(join(life.folder, file), join(kept, file));
    life.release();
    for (const webhook of this.#posting)
      this.agenda.in(1_000 + this.chance.int(3_000), () => this.#post(webhook));
    this.#posting.clear();
    this.agenda.in(downMs, () => this.#live(kept));
  }

  /** A disk without room refuses what comes; anything else is not to fail. */
  unlessDead(life: Life, error: Error, about: string): void {
    if (!life.isAlive) return;
    if (isPassing(error)) this.chronicle.note(`${about}: ${error.code}`);
    else this.chronicle.wrong("broken", `${about}: ${error.stack}`);
  }

  #revoke({ account, forMs }: Plan["revoked"][number]): void {
    const next = this.platforms.revoke(account);
    this.chronicle.note(`the token of ${account.channelId} is revoked`);
    this.agenda.in(forMs, () => this.#change(account, { credentials: credentialsOf(account, next) }));
  }

  /** As `PATCH /v1/channels/{id}` does. A person who gets no answer asks again. */
  #change(account: Account, wish: Partial<ChannelRow>, then = () => {}): void {
    const life = this.life;
    const again = () => this.agenda.in(againMs, () => this.#change(account, wish, then));
    const channel = life?.gateway?.channels.get(account.channelId);
    if (!life?.gateway || !channel) {
      again();
      return;
    }
    let isAnswered = false;
    const { channels } = life.gateway;
    const changing = wish.credentials
      ? channels.renew(account.channelId, wish).then((renewed) => renewed.isGoingOn)
      : channels.update(account.channelId, wish).then(({ paused }) => !paused);
    changing.then(
      (isGoingOn) => {
        if (!life.isAlive) return;
        isAnswered = true;
        this.chronicle.note(`changed ${account.channelId}`);
        if (isGoingOn) life.lanes?.wakeChannel(account.channelId);
        then();
      },
      (error: Error) => this.unlessDead(life, error, account.channelId),
    );
    this.agenda.in(againMs, () => {
      if (!isAnswered) this.#change(account, wish, then);
    });
  }

  #post(webhook: Webhook): void {
    const life = this.life;
    const channel = life?.gateway?.channels.get(webhook.account.channelId);
    if (!life?.gateway || !channel) {
      this.agenda.in(1_000 + this.chance.int(3_000), () => this.#post(webhook));
      return;
    }
    const once = { ...webhook };
    this.#posting.add(once);
    this.passes("posted");
    ingest(life.gateway, channel, signed(webhook, webhookSecret)).then(
      (verdict) => {
        if (!life.isAlive) return;
        this.#posting.delete(once);
        if (verdict.kind !== "genuine") this.chronicle.wrong("broken", `${webhook.about}: ${verdict.kind}`);
        this.chronicle.note(`stored ${webhook.about}`);
        webhook.stored();
      },
      (error: Error) => {
        this.unlessDead(life, error, webhook.about);
        if (!life.isAlive) return;
        this.#posting.delete(once);
        this.agenda.in(1_000 + this.chance.int(3_000), () => this.#post(webhook));
      },
    );
  }
}
