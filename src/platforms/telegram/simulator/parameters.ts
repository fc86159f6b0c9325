import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { SimulatedAccount, SimulatedUpload, World } from "../../../core/simulation.ts";
import { badRequest } from "./refusal.ts";

/** One request to one bot. Any parameter may come as a string, whatever its type. */
export interface Ask {
  world: World;
  bot: SimulatedAccount;
  fields: JsonObject;
  uploads: SimulatedUpload[];
}

export function textOf(ask: Ask, name: string): string | undefined {
  const value = ask.fields[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : String(value);
}

/** Whole numbers; what is none counts as not given, as in Telegram's own server. */
export function integerOf(ask: Ask, name: string): number | undefined {
  const value = textOf(ask, name);
  return value !== undefined && /^-?\d+$/.test(value.trim()) ? Number(value) : undefined;
}

export function numberOf(ask: Ask, name: string): number | undefined {
  const value = textOf(ask, name)?.trim();
  const number = value ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

export function flagOf(ask: Ask, name: string): boolean | undefined {
  const value = textOf(ask, name);
  return value === undefined ? undefined : ["true", "yes", "1"].includes(value.toLowerCase());
}

/** An object or a list, as JSON or as the text of one. */
export function jsonOf(ask: Ask, name: string): Json | undefined {
  const value = ask.fields[name];
  if (typeof value !== "string") return value;
  if (value === "") return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return badRequest(`can't parse ${name.replaceAll("_", " ")} JSON object`);
  }
}

export function objectOf(ask: Ask, name: string): JsonObject | undefined {
  const value = jsonOf(ask, name);
  if (value === undefined || value === null) return undefined;
  return isObject(value)
    ? (value as JsonObject)
    : badRequest(`object expected as ${name.replaceAll("_", " ")}`);
}

export const asObject = (value: unknown): JsonObject => (isObject(value) ? (value as JsonObject) : {});
