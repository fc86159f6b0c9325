/** What a person chose in this browser. One that keeps nothing has what was not chosen. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(placeOf(name));
  } catch {
    return null;
  }
}

/** Undefined: as if it had never been chosen. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(placeOf(name));
    else localStorage.setItem(placeOf(name), value);
  } catch {
    // The choice holds for this page.
  }
}

/** Calls `listener` when another window of this browser chooses; not when it takes its choice back. */
export function onKeptElsewhere(name: string, listener: () => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (key === placeOf(name) && newValue !== null) listener();
  });
}

const placeOf = (name: string) => `antiphon.${name}`;
