import { refusals } from "../../src/core/adaptation.ts";
import {
  type MessageType,
  messageType,
  type Policy,
  type Reply,
  type SendRequest,
} from "../../src/core/message.ts";
import type { PlatformName, Rendering } from "../../src/core/platform.ts";
import { validateSend } from "../../src/core/validate.ts";
import { type Control, controls, here } from "../support/controls.ts";
import { messageId, type Shown, type Stage, token } from "../support/stage.ts";
import { squeezed } from "./legible.ts";
import type { Sent } from "./messages.ts";
import { missing } from "./missing.ts";
import { isCommitted, type Refusal } from "./refusals.ts";
import { type Wanted, wantedOf } from "./wanted.ts";

const policies: readonly Policy[] = ["none", "lossless", "best_effort"];

/** What became of a message: `invalid` never comes to a platform; anything in `faults` is a third thing. */
export interface Played {
  verdict: "invalid" | "rendered" | "refused";
  faults: string[];
  refused: Refusal[];
}

/** Sends a message as a customer would and does all that its recipient can do with it. */
export async function play(stage: Stage, sent: Sent): Promise<Played> {
  const { content, options } = sent;
  const body = { from: "channel", to: stage.to, content, ...(options && { options }) };
  const checked = validateSend(body);
  if ("problems" in checked) return { verdict: "invalid", faults: [], refused: [] };
  return stage.scene((greeting) => playValid(stage, { ...sent, request: checked.request }, greeting));
}

async function playValid(
  stage: Stage,
  { request, language, quotes }: Sent & { request: SendRequest },
  greeting: string,
): Promise<Played> {
  const { content } = request;
  const wants = quotes || "reaction" in content;
  const rendering = stage.platform.render(content, {
    ...{ to: stage.to, chat: "private", token, options: request.options ?? {}, language },
    ...(wants && { quotes: greeting }),
  });
  const refused = refusedBy(rendering, messageType(content));
  const faults = uncommitted(stage.platform.name, refused);
  if (policies.every((policy) => refused.some((one) => one.policy === policy)))
    return { verdict: "refused", faults, refused };
  const outcomes = stage.send(content, rendering);
  const last = outcomes.at(-1);
  if (last?.kind !== "accepted")
    faults.push(`call ${outcomes.length} was not accepted: ${JSON.stringify(last)}`);
  else if ("reaction" in content) faults.push(...wrongReaction(stage, content.reaction.emoji));
  else faults.push(...(await wrongScreen(stage, wantedOf(content), rendering)));
  return { verdict: "rendered", faults, refused };
}

function refusedBy({ adaptation }: Rendering, type: MessageType): Refusal[] {
  return policies.flatMap((policy) =>
    refusals(adaptation, policy).map(({ rule }) => ({ type, policy, rule })),
  );
}

function uncommitted(platform: PlatformName, refused: readonly Refusal[]): string[] {
  return refused
    .filter((refusal) => !isCommitted(platform, refusal))
    .map(({ type, policy, rule }) => `${type} under ${policy}: no committed reason is ${rule}`);
}

function wrongReaction(stage: Stage, emoji: string): string[] {
  const shown = stage.reactions();
  const wanted = emoji === "" ? [] : [emoji.replaceAll("\ufe0f", "")];
  const right = JSON.stringify(shown.map((one) => one.replaceAll("\ufe0f", ""))) === JSON.stringify(wanted);
  return right ? [] : [`the reactions are ${JSON.stringify(shown)}`];
}

async function wrongScreen(stage: Stage, wanted: Wanted, rendering: Rendering): Promise<string[]> {
  const screen = stage.screen();
  const sent = rendering.calls.flatMap(({ body }) => strings(body)).join("\n");
  const { steps } = rendering.adaptation;
  const told = { platform: stage.platform.name, sent, steps };
  const lost = missing(wanted, screen, told).map((what) => `the screen does not show ${what}`);
  lost.push(...openers(wanted, screen));
  // Where the platform has no such button, that is told as lost; the message itself must be there all the same.
  if (wanted.asksForLocation && steps.some(({ rule }) => rule === "no_location_button")) return lost;
  const answers = wanted.asksForLocation
    ? await wrongPlace(stage, screen)
    : await wrongReplies(stage, screen, wanted.options);
  return [...lost, ...answers];
}

/** Every text in a call, as it stands there, and with a vCard's escapes taken back. */
function strings(value: unknown): string[] {
  if (typeof value === "string")
    return [value, value.replace(/\\(.)/g, (_, sign) => (sign === "n" ? "\n" : sign))];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** A card's button that reads like the label of its list: it would order what one only wanted to look at. */
function openers({ opener }: Wanted, screen: readonly Shown[]): string[] {
  if (opener === undefined) return [];
  const labels = screen.flatMap(({ cards = [] }) => cards.flatMap(({ buttons }) => buttons));
  return labels
    .filter(({ label }) => label.trim().toLowerCase() === opener.trim().toLowerCase())
    .map(({ label }) => `a card's button reads “${label}”, like the list's own`);
}

/** Each control in turn, on the screen as it was: it must be the option of its place and say so. */
async function wrongReplies(stage: Stage, screen: Shown[], options: readonly Reply[]): Promise<string[]> {
  const found = controls(screen).filter(({ act }) => act.act !== "submit");
  const faults: string[] = [];
  if (found.length !== options.length) faults.push(`${options.length} options, ${found.length} controls`);
  if (options[0]?.type === "list_reply") faults.push(...alike(found));
  for (const [index, option] of options.entries()) {
    const control = found[index];
    if (control) faults.push(...(await wrongReply(stage, control, option)));
  }
  return faults;
}

/** Rows may have one title: where each is a control by itself, something must tell them apart. */
function alike(found: readonly Control[]): string[] {
  const labels = found
    .filter(({ act, around }) => act.act !== "choose" && around === undefined)
    .map(({ label }) => label.replace(/\s+/g, " ").trim());
  return labels
    .filter((label, index) => labels.indexOf(label) < index)
    .map((label) => `two controls are “${label}”`);
}

async function wrongReply(stage: Stage, control: Control, option: Reply): Promise<string[]> {
  const heard = await stage.undone(() => stage.act(control.act));
  const [reply] = heard;
  const given = JSON.stringify(reply?.content);
  const faults: string[] = [];
  if (heard.length !== 1 || given !== JSON.stringify({ type: "interactive", interactive: option }))
    faults.push(`“${control.label}” gives ${given}, not ${JSON.stringify(option)}`);
  if (reply?.answers !== messageId) faults.push(`“${control.label}” answers ${reply?.answers}`);
  if (!squeezed(`${control.label}\n${control.around ?? ""}`).includes(squeezed(titleOf(option))))
    faults.push(`“${control.label}” stands for “${titleOf(option)}”`);
  return faults;
}

function titleOf(option: Reply): string {
  if (option.type === "button_reply") return option.button_reply.title;
  return option.type === "list_reply" ? option.list_reply.title : "";
}

async function wrongPlace(stage: Stage, screen: Shown[]): Promise<string[]> {
  const [control, ...more] = controls(screen);
  if (!control || more.length > 0) return [`${more.length + (control ? 1 : 0)} ways to share a place`];
  const [reply] = await stage.undone(() => stage.act(control.act));
  const right = JSON.stringify(reply?.content) === JSON.stringify({ type: "location", location: here });
  return right && reply?.answers === messageId ? [] : [`a shared place gives ${JSON.stringify(reply)}`];
}
