import { refusals } from "../../src/core/adaptation.ts";
import { type Content, messageType, type Policy } from "../../src/core/message.ts";
import type { Call, RenderContext, Rendering } from "../../src/core/platform.ts";
import { type Control, controls } from "../support/controls.ts";
import { type Heard, type Shown, type Stage, token } from "../support/stage.ts";

const policies: readonly Policy[] = ["none", "lossless", "best_effort"];

/** Everything that a cell of the matrix comes to, in plain words and platform-given ids left out. */
export async function shownCell(stage: Stage, content: Content): Promise<object> {
  return stage.scene(async (greeting) => {
    const quotes = "reaction" in content ? greeting : undefined;
    const context: RenderContext = { to: stage.to, chat: "private", token, options: {}, quotes };
    const rendering = stage.platform.render(content, context);
    const told = ledgerOf(rendering);
    if (!policies.some((policy) => refusals(rendering.adaptation, policy).length === 0)) return told;
    const outcomes = stage.send(content, rendering);
    const odd = outcomes.find(({ kind }) => kind !== "accepted");
    if (odd) throw new Error(`The simulator refused: ${JSON.stringify(odd)}`);
    const screen = stage.screen();
    const asksForPlace = messageType(content) === "location_request_message";
    return {
      ...told,
      calls: rendering.calls.map((call) => named(callOf(call), quotes)),
      screen: "reaction" in content ? stage.reactions() : screen.map(viewOf),
      ...(await replyOf(stage, screen, { ...rendering, asksForPlace })),
    };
  });
}

function ledgerOf(rendering: Rendering): object {
  const { fidelity, steps } = rendering.adaptation;
  const verdict = (policy: Policy) => {
    const rules = refusals(rendering.adaptation, policy).map(({ rule }) => rule);
    return [policy, rules.length === 0 ? "sent" : `refused: ${[...new Set(rules)].join(", ")}`];
  };
  return {
    fidelity,
    ...Object.fromEntries(policies.map(verdict)),
    steps: steps.map(({ path, rule, did, lost }) => `${rule} ${path}: ${did}${lost ? ` Lost: ${lost}` : ""}`),
    ...(rendering.warnings && { warnings: rendering.warnings.map(({ message }) => message) }),
  };
}

function callOf({ method, path, body, part }: Call): object {
  return { call: `${method} ${path}`, part, body };
}

/** The platform's id of the quoted message is another one every time. */
function named(value: object, quotes: string | undefined): object {
  if (quotes === undefined) return value;
  return JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(quotes), '"<the quoted message>"'));
}

/** As the person sees it; the platform's own names of messages and files say nothing. */
function viewOf({ id: _id, from: _from, quotes, media, ...view }: Shown): object {
  return JSON.parse(
    JSON.stringify({
      ...view,
      ...(media && { media: { ...media, id: media.link ? undefined : media.id } }),
      ...(quotes && { quotes: "<the quoted message>" }),
    }),
  );
}

/** Where nothing shares a place, it is written. */
const written: Control = { label: "the keyboard", act: { act: "say", text: "Avenida Paulista, 1578" } };

/** The last control there is: an index that is off by one cannot hide behind it. */
async function replyOf(
  stage: Stage,
  screen: Shown[],
  { choices, asksForPlace }: Rendering & { asksForPlace: boolean },
): Promise<object> {
  const control = controls(screen).at(-1) ?? (asksForPlace ? written : undefined);
  if (!control) return choices.length > 0 ? { reply: "NO CONTROL ANSWERS" } : {};
  const heard = await stage.act(control.act);
  return { reply: { on: control.label, by: control.act.act, gives: heard.map(replyEvent) } };
}

function replyEvent({ content, answers }: Heard): object {
  return { ...content, context: { id: answers } };
}
