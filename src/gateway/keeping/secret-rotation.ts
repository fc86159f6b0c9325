import type { SealingState } from "../../store/keyring.ts";
import type { Gateway } from "../gateway.ts";
import { onceWorker } from "../nodes/tenure.ts";
import { Wakeable } from "../wakeable.ts";

const rowsAtOnce = 100;
/** Longer than a part takes, so that others have most of the time. */
const betweenPartsMs = 10;
/** They look for it every quarter of a second. */
const sharedGraceMs = 10_000;
/** A data key wears out after weeks at the earliest. */
const lookAgainMs = 3_600_000;

/** Seals what is stored anew, part by part beside all other work, whenever the key has changed or is worn out. */
export class SecretRotation {
  readonly #gateway: Gateway;
  readonly #work: Wakeable;
  #isUnderWay = false;
  #graceUntil = Number.NEGATIVE_INFINITY;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#work = new Wakeable(
      gateway.clock,
      () => this.#part(),
      (err) => gateway.log.error({ err }, "secrets could not be sealed anew yet; trying again"),
    );
    gateway.tenure.attend(onceWorker(() => this.#work.wakeIn(this.#graceMs)));
  }

  /** Goes on with what an earlier process began. */
  start(): void {
    this.#work.wake();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  /** Reads the master keys again; from here on the newest is in force. */
  async begin(): Promise<SealingState> {
    const state = await this.#gateway.store.changeMasterKey();
    this.#gateway.log.info({ masterKey: state.masterKey, rows: state.total }, "the master key was changed");
    this.hear();
    return state;
  }

  /** The key in force was changed, by whichever node: whose work it is begins to seal by it. */
  hear(): void {
    this.#graceUntil = this.#gateway.clock.steady() + this.#graceMs;
    this.#work.wakeIn(this.#graceMs);
  }

  /** What was heard while a part was under way is neither forgotten by its end nor begun before its time. */
  #again(ms: number): void {
    const graceMs = this.#graceUntil - this.#gateway.clock.steady();
    this.#work.wakeIn(graceMs > 0 ? graceMs : ms);
  }

  /** Until then all nodes seal by the new key: what the one before seals when it is gone would be lost. */
  get #graceMs(): number {
    return this.#gateway.tenure.isShared ? sharedGraceMs : 0;
  }

  async #part(): Promise<void> {
    if (!this.#gateway.tenure.owns("once")) return;
    const isDone = await this.#gateway.store.resealSome(rowsAtOnce);
    if (!isDone) {
      this.#isUnderWay = true;
      return this.#again(betweenPartsMs);
    }
    if (this.#isUnderWay) this.#gateway.log.info({}, "all stored secrets are sealed by the newest key");
    this.#isUnderWay = false;
    this.#again(lookAgainMs);
  }
}
