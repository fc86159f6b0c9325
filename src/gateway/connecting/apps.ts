import type { Credentials } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import type { AppRow } from "../../store/rows.ts";
import type { Store } from "../../store/store.ts";
import { Edition, replaceAll } from "../edition.ts";

export type AppChange = Partial<Pick<AppRow, "name" | "secrets" | "verifyToken" | "isUnreadable">>;

/** The apps that serve channels, kept in step with the store. */
export class Apps {
  readonly #store: Store;
  readonly #byId = new Map<string, AppRow>();
  readonly #edition = new Edition();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const app of await this.#store.apps()) this.#byId.set(app.id, app);
  }

  /** Another node has changed some. */
  reload(): Promise<void> {
    return this.#edition.reread(
      () => this.#store.apps(),
      (apps) =>
        // A node that lacks a new key goes on with what it could read.
        replaceAll(this.#byId, apps, (before, after) =>
          after.isUnreadable && !before.isUnreadable ? before : after,
        ),
    );
  }

  all(): AppRow[] {
    return [...this.#byId.values()];
  }

  get(id: string): AppRow | undefined {
    return this.#byId.get(id);
  }

  /** By our id or by the provider's own. */
  find(name: string): AppRow | undefined {
    return this.#byId.get(name) ?? this.all().find((app) => app.appId === name);
  }

  /** The same, if it is to be seen, or the 404. */
  named(name: string, isSeen: (app: AppRow) => boolean = () => true): AppRow {
    const app = this.find(name);
    if (app && isSeen(app)) return app;
    throw new GatewayError("not_found", `No app has the id ${JSON.stringify(name.slice(0, 64))}.`, {
      extra: { hint: "GET /v1/apps lists them; an app's id and its app_id both work." },
    });
  }

  async add(app: AppRow): Promise<void> {
    await this.#store.addApp(app);
    this.hold(app);
  }

  /** Of an app that was stored with its first channel. */
  hold(app: AppRow): void {
    this.#byId.set(app.id, app);
    this.#edition.count();
  }

  /** Webhooks and calls go by the new secrets from here on. */
  async update(id: string, change: AppChange): Promise<AppRow> {
    await this.#store.updateApp(id, change);
    const updated = { ...this.#byId.get(id)!, ...change };
    this.#byId.set(id, updated);
    this.#edition.count();
    return updated;
  }

  async remove(id: string, at: number): Promise<void> {
    await this.#store.removeApp(id, at);
    this.#byId.delete(id);
    this.#edition.count();
  }
}

/** An app's part of the credentials of the channels that it serves; a secret's first is the one in force. */
export function appCredentials({ appId, secrets }: AppRow): Credentials {
  return { app_id: appId, app_secret: secrets.join(",") };
}

/** What channels are paused for whose app cannot be read. */
export function unreadableApp({ id }: AppRow): string {
  return `The secrets of its app cannot be read: what is stored of them was changed, or belongs elsewhere. Give them again: PATCH /v1/apps/${id} {"app_secrets": […]}`;
}

/** Several secrets stand in one field while they are rotated. */
export function splitSecrets(field: string): string[] {
  return field.split(/[\s,]+/).filter((secret) => secret !== "");
}

/** Long enough that nobody guesses it, and that it stands in no answer by chance, from which it is struck out. */
const shortestSecret = 16;
const longestSecret = 256;

/** A sentence about what no app has for a secret. */
export function secretProblem(secret: string): string | undefined {
  if (
    /^[\x21-\x2b\x2d-\x7e]*$/.test(secret) &&
    secret.length >= shortestSecret &&
    secret.length <= longestSecret
  )
    return undefined;
  return `An app secret has ${shortestSecret} to ${longestSecret} characters, without spaces and commas.`;
}
