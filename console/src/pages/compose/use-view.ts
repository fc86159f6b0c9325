import { useState } from "react";

export type View = "form" | "json" | "both";

const kept = "antiphon.compose.view";

function isView(value: string | null): value is View {
  return value === "form" || value === "json" || value === "both";
}

/** What is seen of the message: the form, unless somebody chose otherwise before. */
export function useView(): [View, (view: View) => void] {
  const [view, setView] = useState<View>(() => {
    const named = new URL(location.href).searchParams.get("view") ?? localStorage.getItem(kept);
    return isView(named) ? named : "form";
  });
  const choose = (next: View) => {
    localStorage.setItem(kept, next);
    const url = new URL(location.href);
    url.searchParams.set("view", next);
    history.replaceState(history.state, "", url);
    setView(next);
  };
  return [view, choose];
}
