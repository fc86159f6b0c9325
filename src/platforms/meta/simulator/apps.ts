import type { JsonObject } from "../../../core/json.ts";
import type { SimulatedAccount, World } from "../../../core/simulation.ts";

/** An app's callback for one kind of object: `page`, `instagram`, `whatsapp_business_account`. */
export interface AppSubscription {
  callback_url: string;
  fields: string[];
}
export type MetaApp = {
  app_id: string;
  app_secret: string;
  name: string;
  subscriptions: Record<string, AppSubscription>;
  /** “Require App Secret” of its settings: every call with one of its tokens must prove the secret. */
  requires_proof?: boolean;
};

const noteOf = (id: string) => `meta app ${id}`;
const listNote = "meta apps";

const asNote = (value: unknown) => JSON.parse(JSON.stringify(value)) as JsonObject;

/** An account of a folder from before apps were shared: its app is what its own state says. */
function adopted(account: SimulatedAccount | undefined): MetaApp | undefined {
  const { app_id, app_secret } = account?.state ?? {};
  if (typeof app_id !== "string" || typeof app_secret !== "string") return undefined;
  return { app_id, app_secret, name: "Simulated app", subscriptions: {} };
}

function noted(world: World, id: string): MetaApp | undefined {
  return world.note(noteOf(id)) as MetaApp | undefined;
}

export function appById(world: World, id: string): MetaApp | undefined {
  const account = world.accounts("whatsapp").find(({ state }) => state.app_id === id);
  return noted(world, id) ?? adopted(account);
}

/** The app that an account's webhooks come from and that its token was made for. */
export function appOf(world: World, account: SimulatedAccount): MetaApp {
  const app = noted(world, String(account.state.app_id)) ?? adopted(account);
  if (!app) throw new Error(`The account ${account.id} has no app.`);
  return app;
}

/** The app whose own token (`app_id|app_secret`) this is. */
export function appByToken(world: World, token: string): MetaApp | undefined {
  const app = appById(world, token.split("|")[0] ?? "");
  return app && token === `${app.app_id}|${app.app_secret}` ? app : undefined;
}

export function saveApp(world: World, app: MetaApp): void {
  const ids = (world.note(listNote)?.ids ?? []) as string[];
  if (!ids.includes(app.app_id)) world.saveNote(listNote, { ids: [...ids, app.app_id] });
  world.saveNote(noteOf(app.app_id), asNote(app));
}

function newApp(world: World, wish: string | undefined): MetaApp {
  const serial = world.next("meta app", 1);
  const isId = wish !== undefined && /^\d{5,20}$/.test(wish);
  const app = {
    app_id: isId ? wish : String(670850000000000 + serial),
    app_secret: world.digest(`meta app secret ${serial}`).slice(0, 32),
    name: isId || wish === undefined ? `Simulated app ${serial}` : wish,
    subscriptions: {},
  };
  saveApp(world, app);
  return app;
}

/** The app that a new account is to have: the wished one by id or name, made if there is none; else the first. */
export function joinApp(world: World, wish?: string): MetaApp {
  const ids = (world.note(listNote)?.ids ?? []) as string[];
  const known = ids.flatMap((id) => noted(world, id) ?? []);
  for (const account of world.accounts("whatsapp")) {
    const own = adopted(account);
    if (own && !ids.includes(own.app_id)) known.push(own);
  }
  const found =
    wish === undefined ? known[0] : known.find(({ app_id, name }) => wish === app_id || wish === name);
  if (!found) return newApp(world, wish);
  if (!ids.includes(found.app_id)) saveApp(world, found);
  return found;
}

/** Where the app wants to hear of `field` of such objects; null: it does not. */
export function callbackFor(app: MetaApp, object: string, field: string): string | null {
  const subscription = app.subscriptions[object];
  return subscription?.fields.includes(field) ? subscription.callback_url : null;
}
