/** What an API key may do. Each route needs one of them: docs/security.md has the table. */
export const scopes = ["send", "read", "manage", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** What each brings with it. Whoever may set up an endpoint gets every event there, so `manage` may read too. */
const brought: Record<Scope, readonly Scope[]> = {
  send: ["send"],
  read: ["read"],
  manage: ["manage", "read"],
  admin: scopes,
};

/** All that these scopes come to, in the order of the list. */
export function allOf(given: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => covers(given, scope));
}

export function covers(given: readonly Scope[], needed: Scope): boolean {
  return given.some((scope) => brought[scope].includes(needed));
}
