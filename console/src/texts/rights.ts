/** Who can give what a key lacks. */
const giver = "Whoever holds a key with the scope admin can make you one that may, on the page Keys.";

/** What a key may not do, and who can give it. */
export const rights = {
  lacksScope: (scope: string) => `Your key may not do this: it lacks the scope ${scope}. ${giver}`,
  isLimited: `Your key is for some channels alone, and this needs one for all channels. ${giver}`,
  failed: "Your key may not do this",
  failedHelp: giver,
} as const;
