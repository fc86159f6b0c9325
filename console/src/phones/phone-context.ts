import { createContext, useContext } from "react";
import type { PlatformName } from "../../../src/core/platform.ts";
import type { PhoneAct } from "./screen.ts";

/** What every part of a phone may ask of the phone around it. */
export interface PhoneAround {
  platform: PlatformName;
  /** Whether acts go anywhere. */
  isLive: boolean;
  act(act: PhoneAct): void;
  /** Lays a sheet over the chat, within the phone. */
  open(sheet: OpenSheet): void;
  close(): void;
}

/** What is open: a list by the bubble that has it, so that the sheet shows its rows as they are now. */
export type OpenSheet =
  | { kind: "list"; bubble: string }
  | { kind: "link"; url: string }
  | { kind: "form"; title: string };

export const PhoneContext = createContext<PhoneAround | null>(null);

export function usePhone(): PhoneAround {
  const around = useContext(PhoneContext);
  if (!around) throw new Error("A part of a phone must stand in a <Phone>.");
  return around;
}
