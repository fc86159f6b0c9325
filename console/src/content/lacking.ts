import type { Scope } from "../../../src/core/scope.ts";
import { useMe } from "../api/me.ts";
import { texts } from "../texts/texts.ts";

interface Needed {
  scope: Scope;
  /** A key for some channels alone may not. */
  ofAllChannels?: boolean;
}

/** Why the key that is signed in may not do it, and who can give that; undefined: it may. */
export function useLacking({ scope, ofAllChannels = false }: Needed): string | undefined {
  const me = useMe().data;
  if (!me) return undefined;
  if (!me.scopes.includes(scope)) return texts.rights.lacksScope(scope);
  return ofAllChannels && me.channels !== null ? texts.rights.isLimited : undefined;
}
