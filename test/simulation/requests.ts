import { GatewayError, isPassing } from "../../src/core/problem.ts";
import { validateSend } from "../../src/core/validate.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { acceptMessage, type ValidSend } from "../../src/gateway/sending/accept.ts";
import type { KeyedRequests } from "../../src/gateway/sending/idempotency.ts";
import { cancelMessage } from "../../src/gateway/sending/intervene.ts";
import { type Case, laneOf } from "./judge.ts";
import { bodyOf } from "./messages.ts";
import type { Post } from "./plan.ts";
import type { World } from "./world.ts";

/** Who finds nobody listening, or no room, tries again. */
export const againMs = 400;
/** Who asks with a key and is not answered asks again. */
const patienceMs = 12_000;

/** What the customer asks of the API. */
export class Requests {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  send(post: Post): void {
    const { judge, agenda, chronicle } = this.#world;
    const life = this.#world.life;
    const again = (inMs: number) => agenda.in(inMs, () => this.send(post));
    if (!life?.gateway || !life.keyed) return void again(againMs);
    const valid = validateSend(bodyOf(post));
    if ("problems" in valid) throw new Error(JSON.stringify(valid.problems));
    const { label } = post;
    const known = judge.cases.get(label);
    if (known && known.id === undefined) known.hasNoPlace = true;
    const one = known ?? judge.asked(post);
    this.#world.passes("asked");
    chronicle.note(`asked ${label} on ${laneOf(post.account, post.to)}`);
    const giveUp = post.twinsAfterMs ? again(patienceMs) : () => {};
    const answer = post.twinsAfterMs
      ? byKey(life.gateway, life.keyed, label, valid)
      : acceptMessage(life.gateway, valid).then(({ message }) => message.id);
    answer.then(
      (id) => {
        if (!life.isAlive) return;
        giveUp();
        judge.accepted(one, id);
        chronicle.note(`accepted ${label} as ${id}`);
        if (post.cancelAfterMs !== undefined) agenda.in(post.cancelAfterMs, () => this.#cancel(one));
      },
      (error: Error) => {
        if (!life.isAlive) return;
        giveUp();
        const isToWait = isPassing(error) || isUnderWay(error);
        if (!isToWait) return this.#world.unlessDead(life, error, label);
        chronicle.note(`${label}: ${error.code}`);
        if (!post.twinsAfterMs) judge.cases.delete(label);
        again(againMs);
      },
    );
  }

  #cancel(one: Case): void {
    const { life, judge, chronicle } = this.#world;
    if (!life?.gateway || !one.id) return;
    const { label } = one.post;
    cancelMessage(life.gateway, one.id).then(
      () => {
        if (!life.isAlive) return;
        one.isCancelled = true;
        chronicle.note(`cancelled ${label}`);
        if (one.unanswered > 0 || judge.taken.some((taken) => taken.label === label))
          chronicle.wrong("uncancelled", `${label} may have arrived when it was cancelled`);
      },
      (error: Error) => {
        if (!error.message.includes("only one that waits")) this.#world.unlessDead(life, error, label);
      },
    );
  }
}

function isUnderWay(error: Error): error is GatewayError {
  return error instanceof GatewayError && error.code === "idempotency_key_in_use";
}

/** As the routes do it: the answer is kept with the message, in one commit. */
async function byKey(
  gateway: Gateway,
  requests: KeyedRequests,
  key: string,
  valid: ValidSend,
): Promise<string> {
  const begun = await requests.begin(key, "the same body", "work");
  if (begun.kind === "replay") {
    const { status, body } = begun.answer;
    if (status === 202) return body;
    throw new GatewayError("disk_full", "The first of them was refused.");
  }
  const { request, end } = begun.turn;
  const answerOf = (status: number, body: string) => ({ status, contentType: "text/plain", body });
  try {
    const { message } = await acceptMessage(gateway, valid, {
      keyed: (accepted) => ({ ...request, answer: answerOf(202, accepted.message.id) }),
    });
    await end(answerOf(202, message.id));
    return message.id;
  } catch (error) {
    await end(answerOf(507, ""));
    throw error;
  }
}
