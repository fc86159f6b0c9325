const forgetters = new Set<() => void>();

/** Whatever is kept in memory beside the queries says here how it is forgotten. */
export function onForget(forget: () => void): void {
  forgetters.add(forget);
}

/** For `forgetWithKey` alone. */
export function forgetKept(): void {
  for (const forget of forgetters) forget();
}
