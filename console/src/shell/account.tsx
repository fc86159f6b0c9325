import { useSyncExternalStore } from "react";
import { meKey, signOut } from "../api/me.ts";
import { queries } from "../api/query-client.ts";
import type { MenuItem } from "../controls/menu.tsx";
import { chooseTheme, currentTheme, onThemeChange, type Theme } from "../controls/theme.ts";
import { toast } from "../controls/toast.ts";
import { live } from "../live/use-live.ts";
import { texts } from "../texts/texts.ts";

const themes: readonly Theme[] = ["system", "light", "dark"];

/** What is about whoever is signed in: the theme, help, the way out. */
export function useAccountItems(onHelp: () => void): (MenuItem | "line")[] {
  const theme = useSyncExternalStore(onThemeChange, currentTheme);
  return [
    ...themes.map((one) => ({
      label: texts.shell.theme[one],
      icon: one,
      checked: one === theme,
      onSelect: () => chooseTheme(one),
    })),
    "line",
    { label: texts.shell.shortcuts, icon: "help", onSelect: onHelp },
    {
      label: texts.shell.apiReference,
      icon: "external",
      onSelect: () => window.open("/docs", "_blank", "noopener"),
    },
    "line",
    { label: texts.shell.signOut, icon: "sign-out", onSelect: () => void leave() },
  ];
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch {
    toast(texts.shell.signOutFailed, "bad");
    return;
  }
  live.stop();
  queries.setQueryData(meKey, null);
}
