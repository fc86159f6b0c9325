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

const placeOf = (name: string) => `antiphon.${name}`;
