/** Words for what may become of a message on its way: the same where it is written and where it is sent to phones. */
export const sending = {
  policy: {
    label: "Adapt",
    none: { label: "None", help: "Refused wherever an app has to change it." },
    lossless: {
      label: "Lossless",
      help: "The form may change, nothing gets lost.",
    },
    best_effort: { label: "Best effort", help: "What an app cannot show gets lost, and is told." },
    inApi: "In the API:",
  },
  refused: {
    title: "Not sent",
    none: (platform: string) => `${platform} does not show this natively.`,
    lossless: (platform: string) => `${platform} cannot show all of this.`,
    best_effort: (platform: string) => `${platform} has nothing that stands for this.`,
    lost: "Lost would be:",
    mayLose: "Choose “Best effort” to send it all the same.",
    mayChange: "Choose “Lossless” to let its form change.",
    another: "Send another type of message here.",
  },
  away: {
    badge: "Gateway away",
    text: "The gateway did not answer, so nobody knows yet whether it has the message. Trying again is safe: it is never sent twice.",
    again: "Try again",
  },
  paused: {
    title: (name: string) => `${name} is paused.`,
    waits: "What you send is accepted and waits.",
    byPerson: "Somebody paused it; it goes on when it is resumed.",
    open: "To the channel",
    short: "paused",
  },
} as const;
