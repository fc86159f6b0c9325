import { appChangeSchema, newAppSchema } from "./apps.ts";
import { channelChangeSchema, newChannelSchema } from "./channels.ts";
import { appAnswer, appsAnswer, checkAnswer, registerAnswer } from "./connection-answers.ts";
import { type Operation, ok } from "./operation.ts";
import { registerSchema } from "./registration.ts";

/** The routes by which accounts are connected. */
export const connectionOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/channels",
    tag: "Channels",
    summary: "List channels.",
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "post",
    path: "/v1/channels",
    tag: "Channels",
    summary: "Connect a channel. The credentials are tried first.",
    body: newChannelSchema,
    answer: ok("The channel.", 201),
  },
  {
    method: "get",
    path: "/v1/channels/{id}",
    tag: "Channels",
    summary: "One channel, and whether it receives.",
    answer: ok("The channel."),
  },
  {
    method: "patch",
    path: "/v1/channels/{id}",
    tag: "Channels",
    summary: "Pause or resume sending, change credentials or options, or rename.",
    body: channelChangeSchema,
    answer: ok("The channel."),
  },
  {
    method: "delete",
    path: "/v1/channels/{id}",
    tag: "Channels",
    summary: "Remove a channel; its history stays.",
    answer: ok("Gone.", 204),
  },
  {
    method: "post",
    path: "/v1/channels/{id}/check",
    tag: "Channels",
    summary:
      "Ask the platform about the channel: credentials, permissions, name and number, webhook. Changes nothing.",
    answer: ok("{credentials, permissions, identity, webhook, advice}", 200, checkAnswer),
  },
  {
    method: "post",
    path: "/v1/channels/{id}/register",
    tag: "Channels",
    summary: "Point the platform's webhooks here and look whether they stand, or poll.",
    body: registerSchema,
    isBodyOptional: true,
    answer: ok("{webhook_url, state}, or {polling, state} where the channel is polled.", 200, registerAnswer),
  },
  {
    method: "get",
    path: "/v1/apps",
    tag: "Apps",
    summary: "List apps, whose one webhook serves several channels.",
    answer: ok("{data, next_cursor}", 200, appsAnswer),
  },
  {
    method: "post",
    path: "/v1/apps",
    tag: "Apps",
    summary: "Make an app known before its first channel.",
    body: newAppSchema,
    answer: ok("The app.", 201, appAnswer),
  },
  {
    method: "get",
    path: "/v1/apps/{id}",
    tag: "Apps",
    summary: "One app: its webhook, its channels, and what reached none of them.",
    answer: ok("The app.", 200, appAnswer),
  },
  {
    method: "patch",
    path: "/v1/apps/{id}",
    tag: "Apps",
    summary: "Rotate an app's secrets, or rename it.",
    body: appChangeSchema,
    answer: ok("The app.", 200, appAnswer),
  },
  {
    method: "delete",
    path: "/v1/apps/{id}",
    tag: "Apps",
    summary: "Remove an app that serves no channel.",
    answer: ok("Gone.", 204),
  },
];
