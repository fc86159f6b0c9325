/** What stands around every page. */
export const shell = {
  skip: "Skip to the page",
  menu: "Pages",
  more: "More",
  account: "Account",
  theme: { system: "Theme of the system", light: "Light", dark: "Dark" },
  signOut: "Sign out",
  signOutFailed: "The gateway does not answer: you are signed in still. Try again when it is back.",
  shortcuts: "Keyboard shortcuts",
  apiReference: "API reference",
  live: {
    off: "Not live",
    connecting: "Connecting…",
    live: "Live",
    reconnecting: "Reconnecting…",
    catching_up: "Catching up…",
  },
  away: "The gateway is away.",
  awayHelp: "What you see is what it last told. The page goes on by itself when it is back.",
  keys: {
    search: "Search on this page",
    compose: "Compose a message",
    help: "Show these keys",
    areOn: "Single keys",
    areOnHelp:
      "Switch them off if you speak to the machine, or press keys by mistake. This browser keeps it.",
    thenKey: "then",
    goTo: "Go to",
  },
  notFound: {
    title: "There is no such page",
    text: "The address may be mistyped, or of another version of the console.",
    action: "To the overview",
    ways: "Other pages",
  },
  crashed: {
    title: "This page has failed",
    text: "What you did before is done. Load the page again; if it fails again, report what stands below.",
    stale: "The console has been updated since this page was opened. Load it again to go on.",
    action: "Load again",
  },
} as const;
