/** What lists are narrowed by. */
export const filters = {
  channel: "Channel",
  allChannels: "All channels",
  person: "Person",
  anybody: "Anybody",
  nobody: "Nobody is called so. Try another part of the name or number.",
  searching: "Searching…",
  time: "Time",
  anyTime: "Any time",
  since: "From",
  until: "To",
  after: (from: string) => `From ${from}`,
  before: (to: string) => `Until ${to}`,
  between: (from: string, to: string) => `${from} to ${to}`,
} as const;
