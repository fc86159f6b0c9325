import { createContext, type ReactNode, useContext } from "react";
import type { PlatformName } from "../../../src/core/platform.ts";
import type { PhoneAct } from "./screen.ts";

/** What every part of a phone may ask of the phone around it. */
export interface PhoneAround {
  platform: PlatformName;
  /** Whether acts go anywhere. */
  isLive: boolean;
  act(act: PhoneAct): void;
  /** Lays a sheet over the chat, within the phone. */
  open(sheet: SheetContent): void;
  close(): void;
}

export interface SheetContent {
  title: string;
  body: ReactNode;
}

export const PhoneContext = createContext<PhoneAround | null>(null);

export function usePhone(): PhoneAround {
  const around = useContext(PhoneContext);
  if (!around) throw new Error("A part of a phone must stand in a <Phone>.");
  return around;
}
