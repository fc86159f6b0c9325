import { keep, kept } from "../kept/kept.ts";

export type Theme = "system" | "light" | "dark";

const place = "theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function tellAll(): void {
  for (const listener of listeners) listener();
}

dark.addEventListener("change", tellAll);

/** What is chosen on this machine; without a choice, as the system is. */
export function currentTheme(): Theme {
  const chosen = kept(place);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Chooses, and keeps the choice. */
export function chooseTheme(theme: Theme): void {
  keep(place, theme);
  apply(theme);
}

/** Before anything is drawn. */
export function applyKeptTheme(): void {
  apply(currentTheme());
}

/** Calls when the colours have become others, by choice or with the system. Returns what ends it. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function apply(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  tellAll();
}
