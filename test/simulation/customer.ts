import type { HttpRequest } from "../../src/core/platform.ts";
import type { Life } from "./life.ts";
import type { Way } from "./platforms.ts";
import type { Partner } from "./wire.ts";
import type { World } from "./world.ts";

export const endpointUrl = "https://endpoint.example.com/hook";

interface Told {
  type: string;
  /** How often a 200 came back to the gateway, and in which life last. */
  heard: number;
  heardIn?: number;
}

/** The customer's endpoint. */
export class Customer implements Partner {
  readonly wayMs = 20;
  readonly answerMs = 100;
  readonly told = new Map<string, Told>();
  readonly #world: World;
  readonly #life: () => Life | undefined;

  constructor(world: World, life: () => Life | undefined) {
    this.#world = world;
    this.#life = life;
  }

  unreachableOneIn(): number {
    return this.#isFoul() ? 10 : Number.POSITIVE_INFINITY;
  }

  answered(): void {
    this.#world.passes("told");
  }

  departs({ body = "{}" }: HttpRequest): () => Way {
    const event = JSON.parse(body) as { id: string; type: string };
    const told = this.told.get(event.id) ?? { type: event.type, heard: 0 };
    this.told.set(event.id, told);
    const life = this.#life()?.number;
    if (told.heardIn === life)
      this.#world.chronicle.wrong("told wrongly", `${event.type} ${event.id} is told again after a 200`);
    return () => this.#answer(event, told);
  }

  #answer(event: { id: string; type: string }, told: Told): Way {
    const { chance, chronicle } = this.#world;
    const fate = this.#isFoul() ? chance.of(["500", "reset", "silence", "200", "200"]) : "200";
    chronicle.note(`  told ${event.type} ${event.id}: ${fate}`);
    if (fate === "reset" || fate === "silence") return { kind: fate };
    const heard = () => {
      if (fate !== "200") return;
      told.heard++;
      told.heardIn = this.#life()?.number;
    };
    return { kind: "answer", response: { status: Number(fate), headers: {}, body: "" }, heard };
  }

  #isFoul(): boolean {
    const { agenda, plan, chance } = this.#world;
    return agenda.now < plan.weather.untilMs && chance.once(plan.weather.oneIn);
  }
}
