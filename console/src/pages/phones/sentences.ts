import type { Person } from "../../api/simulator.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import type { ActStep, AnyStep, CallStep, RequestStep, WebhookStep } from "./step.ts";
import type { Round } from "./timeline.ts";
import { whatItSays } from "./what-it-says.ts";

const words = texts.people.timeline;
type Tone = "plain" | "good" | "warn" | "bad" | "info";

/** One step in a line: from whom to whom, what, and how it went. */
export interface Line {
  from: string;
  to?: string;
  what: string;
  result?: string;
  tone: Tone;
  json: unknown;
}

/** Tells a step in words. */
export function lineOf(step: AnyStep, people: readonly Person[]): Line {
  switch (step.kind) {
    case "act":
      return {
        from: nameOf(step.person, people),
        to: phones.names[step.platform],
        what: actWords(step),
        tone: "info",
        json: step.act,
      };
    case "request": {
      const isFine = step.status < 300;
      const json = { request: step.body, answer: step.answer };
      return {
        from: words.you,
        to: words.gateway,
        what: "POST /v1/messages",
        result: String(step.status),
        tone: isFine ? "good" : "bad",
        json,
      };
    }
    case "call":
      return lineOfCall(step);
    case "webhook":
      return lineOfWebhook(step);
    case "withheld":
      return {
        from: phones.names[step.platform],
        what: `${words.withheld}: ${whatItSays(step.body)}`,
        tone: "warn",
        json: step.body,
      };
    case "event": {
      const { type } = step.event;
      const isBad = /failed|unknown|expired|blocked|paused|unsubscribed/.test(type);
      return {
        from: words.gateway,
        to: words.code,
        what: type,
        result: eventResult(step.event.message),
        tone: isBad ? "bad" : "info",
        json: step.event,
      };
    }
    case "delivery": {
      const { delivery } = step;
      const last = delivery.attempts.at(-1);
      const tone = delivery.state === "delivered" ? "good" : delivery.state === "pending" ? "warn" : "bad";
      return {
        from: words.gateway,
        to: words.endpoints,
        what: `POST ${delivery.event_type}`,
        result: String(last?.http_status ?? last?.category ?? delivery.state),
        tone,
        json: delivery,
      };
    }
  }
}

function lineOfWebhook(step: WebhookStep): Line {
  const from = phones.names[step.platform];
  const isFine = step.status !== null && step.status < 300;
  const tries = step.tries > 1 ? `, ${words.try} ${step.tries}` : "";
  const result = `${step.status ?? step.error ?? words.noAnswer}${tries}`;
  const json = {
    url: step.url,
    headers: step.headers,
    body: step.body,
    answer: step.answer,
    status: step.status,
    error: step.error,
  };
  return {
    from,
    to: words.gateway,
    what: `POST ${pathOf(step.url)}: ${whatItSays(step.body)}`,
    result,
    tone: isFine ? "good" : "bad",
    json,
  };
}

function lineOfCall(step: CallStep): Line {
  const platform = phones.names[step.platform];
  const json = {
    request: { method: step.method, path: step.path, body: step.body },
    status: step.status,
    answer: step.answer,
  };
  const path = step.path.replace(/^\/bot[^/]*/, "").replace(/^\/v\d+\.\d+/, "");
  if (step.causes.length > 0) {
    const result = (step.answer as { result?: Record<string, unknown>[] } | null)?.result;
    const count = Array.isArray(result) ? result.length : 1;
    const told = Array.isArray(result) ? result.map(whatItSays).join(", ") : "";
    const what = `${path.slice(1)} ${words.polled} ${count} ${count === 1 ? words.update : words.updates}: ${told}`;
    return { from: platform, to: words.gateway, what, result: String(step.status ?? ""), tone: "good", json };
  }
  const isLost = step.status === null;
  const result = isLost ? (step.accepted ? words.accepted : words.noAnswer) : String(step.status);
  return {
    from: words.gateway,
    to: platform,
    what: `${step.method} ${path}`,
    result,
    tone: isLost ? "warn" : step.accepted ? "good" : "bad",
    json,
  };
}

function eventResult(message: { status?: string; type?: unknown } | undefined): string | undefined {
  if (typeof message?.type !== "string") return undefined;
  const inner = (message as Record<string, unknown>)[message.type] as { type?: string } | undefined;
  const kind = message.type === "interactive" ? inner?.type : message.type;
  const reply = kind && (inner as Record<string, { id?: string }> | undefined)?.[kind];
  return [kind, reply && typeof reply === "object" ? reply.id : undefined].filter(Boolean).join(" ");
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "…") : url;
}

export function nameOf(id: string | undefined, people: readonly Person[]): string {
  return people.find((person) => person.id === id)?.name ?? words.someone;
}

/** What a round is about: whose act, in words. */
export function titleOf({ steps, person }: Round, people: readonly Person[]): string {
  const first = steps[0];
  if (first?.kind === "act") return `${nameOf(first.person, people)} ${actWords(first)}`;
  if (first?.kind === "request") return requestTitle(first, people);
  if (person) return `${words.sent} ${nameOf(person, people)}`;
  const platform = first && "platform" in first ? phones.names[first.platform] : undefined;
  if (first?.kind === "event") return first.event.type;
  return `${words.background} ${platform ?? words.someone}`;
}

function requestTitle(step: RequestStep, people: readonly Person[]): string {
  const { content } = step.body as { content?: { interactive?: { type?: string } } };
  const kind = content?.interactive?.type ?? Object.keys(content ?? {})[0] ?? "";
  const sentence = step.status < 300 ? words.sends : words.refusal;
  return `${sentence} ${nameOf(step.person, people)}: ${kind.replaceAll("_", " ")}`;
}

function actWords({ act }: ActStep): string {
  const isBack = (act.act === "vote" && act.option === null) || (act.act === "react" && act.emoji === "");
  const verb = words.acts[isBack ? `un${act.act}` : act.act] ?? act.act;
  const said =
    act.label ??
    act.text ??
    act.emoji ??
    act.name ??
    (Array.isArray(act.option) ? act.option.join(", ") : act.option);
  return typeof said === "string" && said !== "" ? `${verb} “${said}”` : verb;
}
