/** Others' words, with an end of their own or without. */
const because = (why?: string) => (why ? `: ${why.replace(/\.?$/, ".")}` : ".");

export const overview = {
  intro: "The last hour, as it happens.",
  throughput: "Throughput",
  throughputHelp: "Messages and webhooks a second",
  backlog: "What waits",
  backlogHelp: "At most, in each ten seconds",
  accepted: "accepted",
  calls: "calls to platforms",
  received: "webhooks read",
  outcomes: "Outcomes of calls",
  outcomesHelp: "A second, by what the platforms answered",
  outcome: { accepted: "accepted", retry: "tried again", rejected: "refused", unknown: "not answered" },
  latency: "Until the platform answers",
  latencyHelp: "Seconds, to within a quarter",
  untimed: "Nothing was timed in this hour.",
  deliveries: "Until your endpoint is told",
  p50: "half within (p50)",
  p99: "99 % within (p99)",
  toMessages: "Messages",
  toUnsettled: "Messages that failed",
  toWaiting: "Messages that wait",
  toEndpoints: "Endpoints",
  now: "Now",
  ofSome:
    "Of your key's channels. How many deliveries wait, and how many messages are unknown, is told to keys for all channels.",
  waitingCalls: "calls waiting",
  waitingWebhooks: "webhooks not read yet",
  waitingDeliveries: "deliveries waiting",
  unknownMessages: "messages unknown",
  paused: "Channels that rest",
  nonePaused: "No channel rests.",
  problems: "Last problems",
  noProblems: "Nothing went wrong lately.",
  over: "over",
  overAdvice: "It has passed: there is nothing to do.",
  noChannel: "A channel that is removed",
  noEndpoint: "An endpoint that is removed",
  noContact: "somebody",
  problem: {
    "message.failed": {
      sentence: (to: string, why?: string) => `A message to ${to} did not arrive${because(why)}`,
      advice: "Open it to see the platform's answer, mend what it names, and send it again as new.",
    },
    "message.unknown": {
      sentence: (to: string) => `Nobody knows whether a message to ${to} arrived: no answer came.`,
      advice: "Find out, then open it and say what became of it, or have it sent again.",
    },
    "message.expired": {
      sentence: (to: string, why?: string) =>
        `A message to ${to} grew too old before it could leave${because(why)}`,
      advice: "Send it again as new, if it is still worth it.",
    },
    "conversation.blocked": {
      sentence: (to: string, why?: string) =>
        `What is for ${to} waits behind a message that did not arrive${because(why)}`,
      advice: "Open that message and say what became of it: the others go on then.",
    },
    "channel.paused": {
      sentence: (channel: string) => `${channel} was paused and sends nothing.`,
      advice: "A person paused it: press Resume on its page. What is accepted meanwhile waits.",
    },
    "channel.unsubscribed": {
      sentence: (channel: string) => `${channel} is told nothing by its platform any more.`,
      advice: "Press Register again on its page, or Check to see what is in the way.",
    },
    "channel.token_expiring": {
      sentence: (channel: string) => `The token of ${channel} ends soon.`,
      advice: "Change its credentials on its page before it does.",
    },
    "channel.account_warned": {
      sentence: (channel: string) => `The platform of ${channel} finds fault with the account.`,
      advice: "Its page says what, and what to do.",
    },
    "endpoint.failing": {
      sentence: (url: string, why?: string) => `${url} fails${because(why)}`,
      advice: "Mend it: it is tried again by itself, and nothing is lost.",
    },
    "endpoint.disabled": {
      sentence: (url: string, why?: string) => `${url} was switched off${because(why)}`,
      advice: "Mend it, switch it on again on its page, and replay what it missed.",
    },
  },
  emptyTitle: "Nothing has happened yet",
  emptyBody: "Compose a message and send it: it shows here within seconds.",
  compose: "Compose a message",
  perSecond: "/s",
  seconds: "s",
} as const;
