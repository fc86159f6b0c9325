import assert from "node:assert/strict";
import { acceptMessage } from "../../src/gateway/sending/accept.ts";
import type { ChannelRow } from "../../src/store/rows.ts";
import { Node, Time } from "./nodes.ts";
import { ok, Workbench } from "./workbench.ts";

const longMs = 120_000;

/** Channels of one bot each, and nodes that share them. */
export class Cluster {
  readonly bench: Workbench;
  readonly time = new Time();
  readonly nodes: Node[] = [];
  readonly channels: string[];
  /** What the platform got, in order, and how many nodes could have sent it then. */
  readonly got: { text: string; owners: number }[] = [];
  /** Answers to what is named so are given when that is released. */
  #sends = 0;
  readonly #kept = new Map<string, PromiseWithResolvers<void>>();

  private constructor(bench: Workbench, channels: string[]) {
    this.bench = bench;
    this.channels = channels;
    bench.handler = async ({ text, chat_id }) => {
      if (text === undefined) return { body: { ok: true, result: true } };
      const owners = this.nodes.filter((node) => this.#couldSend(node, text)).length;
      this.got.push({ text, owners });
      const id = this.got.length;
      await this.#kept.get(text)?.promise;
      return ok(id, chat_id);
    };
  }

  static async of(channels: number): Promise<Cluster> {
    const bench = await Workbench.open();
    const first = bench.gateway.channels.get("channel") as ChannelRow;
    const ids = ["channel"];
    for (let n = 1; n < channels; n++) {
      const id = `channel-${n}`;
      const credentials = { bot_token: `${7 + n}:token` };
      await bench.gateway.channels.add({ ...first, id, naturalId: String(7 + n), credentials });
      ids.push(id);
    }
    return new Cluster(bench, ids);
  }

  async join(folder?: string): Promise<Node> {
    const node = await new Node(this.bench, this.time, folder).start();
    this.nodes.push(node);
    return node;
  }

  keep(text: string): { release: () => void } {
    const kept = Promise.withResolvers<void>();
    this.#kept.set(text, kept);
    return { release: () => kept.resolve() };
  }

  /** By any node that runs, each in its turn. */
  async send(channel: string, text: string, to = "5"): Promise<string> {
    const running = this.nodes.filter(({ machine }) => !machine.isStopped && !machine.isCutOff);
    const node = running[this.#sends++ % running.length] ?? assert.fail("no node runs");
    const request = { from: channel, to, content: { text: { body: text } } };
    const accepted = await acceptMessage(node.gateway, { request, normalised: [], warnings: [] });
    return accepted.message.id;
  }

  ownerOf(channel: string): Node | undefined {
    return this.nodes.find((node) => !node.machine.isStopped && node.owns(channel));
  }

  owned(): number[] {
    return this.nodes.map((node) => this.channels.filter((channel) => node.owns(channel)).length);
  }

  /** Until each channel has one owner, so many as told; how long that took. */
  async spread(...counts: number[]): Promise<number> {
    const began = this.time.now;
    await this.time.pass(longMs, () => String(this.owned()) === String(counts));
    assert.deepEqual(this.owned(), counts);
    return this.time.now - began;
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    await this.time.pass(longMs, isSo);
    assert.ok(await isSo(), `there was no ${what}`);
  }

  async statusOf(id: string): Promise<string | undefined> {
    return (await this.bench.store.message(id))?.message.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { release } of [...this.#kept.values()].map(({ resolve }) => ({ release: resolve })))
      release();
    for (const node of this.nodes) node.machine.goOn();
    await Promise.all(this.nodes.map((node) => node.stop().catch(() => {})));
    await this.bench[Symbol.asyncDispose]();
  }

  #couldSend({ machine, membership }: Node, text: string): boolean {
    const channel = this.channels.find((id) => text.startsWith(`${id} `));
    return !machine.isStopped && channel !== undefined && membership.stillStands(`channel ${channel}`);
  }
}
