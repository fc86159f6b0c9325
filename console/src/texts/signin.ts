/** The page of signing in. */
export const signin = {
  title: "Sign in",
  lead: "The console of your gateway. Sign in with an API key: you may do here what the key may.",
  label: "API key",
  help: "npm start prints one, and a link that signs in at once. Others are made on the page Keys.",
  action: "Sign in",
  ended: "Your session has ended: its time is over, or its key was revoked. Sign in to go on where you were.",
  byLink: "Signing in…",
  empty: "Type or paste an API key.",
} as const;
