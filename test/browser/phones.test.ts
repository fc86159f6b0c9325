import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import type { Screen } from "../../console/src/phones/screen.ts";
import { screenOfCalls } from "../../console/src/phones/screen-of-calls.ts";
import { screenOfSimulator } from "../../console/src/phones/screen-of-simulator.ts";
import { refusals } from "../../src/core/adaptation.ts";
import type { Content } from "../../src/core/message.ts";
import type { PlatformName } from "../../src/core/platform.ts";
import { samples } from "../../src/core/samples.ts";
import { type ExampleToSee, examplesToSee } from "../support/examples-to-see.ts";
import { quantile } from "../support/quantile.ts";
import { Stage, staged, token } from "../support/stage.ts";
import { Gallery } from "./gallery.ts";
import { controlsOf, wordsOf } from "./worded.ts";

let gallery: Gallery;
const stages = {} as Record<PlatformName, Stage>;
before(async () => {
  gallery = await Gallery.open();
  for (const name of staged) stages[name] = new Stage(name);
});
after(async () => {
  for (const stage of Object.values(stages)) stage.close();
  await gallery?.close();
});

/** What an app shows of a message, by its calls and by the simulator's screen. */
async function both(platform: PlatformName, { content, options = {} }: Omit<ExampleToSee, "name">) {
  const stage = stages[platform];
  return stage.scene(async (greeting) => {
    const quotes = "reaction" in content ? greeting : undefined;
    const context = { to: stage.to, chat: "private" as const, token, options, quotes };
    const rendering = stage.platform.render(content, context);
    const isSent = refusals(rendering.adaptation, "best_effort").length === 0;
    const calls = isSent ? rendering.calls : [];
    stage.send(content, { ...rendering, calls });
    const everything = stage.everything().filter(({ from, reactions }) => from === "business" || reactions);
    // Calls do not tell what the message says that is reacted to.
    const ours = everything.map((one) => (one.from === "person" ? { ...one, text: undefined } : one));
    return { drawn: screenOfCalls(platform, calls), shown: screenOfSimulator(platform, ours) };
  });
}

const screensOf = async (example: Omit<ExampleToSee, "name">): Promise<Screen[]> =>
  Promise.all(staged.map(async (platform) => (await both(platform, example)).drawn));

/** One chat on each platform with all of them, one after the other. */
async function chats(examples: readonly ExampleToSee[]): Promise<Screen[]> {
  const chat = async (platform: PlatformName): Promise<Screen> => {
    const screens = [];
    for (const example of examples) screens.push((await both(platform, example)).drawn);
    const bubbles = screens.flatMap((screen, index) =>
      screen.bubbles.map((bubble) => ({ ...bubble, id: `${index} ${bubble.id}` })),
    );
    const [quick, keyed] = [screens.find((one) => one.quickReplies), screens.find((one) => one.keyboard)];
    return { platform, bubbles, quickReplies: quick?.quickReplies, keyboard: keyed?.keyboard };
  };
  const all: Screen[] = [];
  for (const platform of staged) all.push(await chat(platform));
  return all;
}

/** All that is written on a phone's chat and under it, with what WhatsApp folds unfolded. */
async function read(platform: PlatformName): Promise<{ words: string; controls: string[] }> {
  const phone = gallery.phone(platform);
  for (const more of await phone.getByRole("button", { name: "Read more" }).all()) await more.click();
  const words = (await phone.locator("[data-readable]").allInnerTexts()).join("\n");
  const controls = await phone.locator("[data-readable] button:not([data-link]):visible").allInnerTexts();
  return { words: flat(words), controls: controls.map(flat) };
}
const flat = (words: string) => words.replace(/\s+/g, " ").trim();

/** One example of every type, and those that are hard to draw. */
const sampled = (): ExampleToSee[] =>
  examplesToSee().filter(({ name }, index, all) => {
    const type = (at: ExampleToSee) => Object.keys(at.content)[0] + JSON.stringify(at.content).slice(0, 40);
    return (
      all.findIndex((one) => type(one) === type(all[index]!)) === index || /long|ten|right|emoji/.test(name)
    );
  });

describe("the phones in a browser", () => {
  for (const example of sampled()) {
    it(`read as their model says, and alike from both sides: ${example.name}`, async () => {
      const pairs = await Promise.all(staged.map((platform) => both(platform, example)));
      const [drawn, shown] = [pairs.map((pair) => pair.drawn), pairs.map((pair) => pair.shown)];
      await gallery.show({ screens: drawn });
      const ours = [];
      for (const screen of drawn) {
        const seen = await read(screen.platform);
        assertInOrder(seen.words, wordsOf(screen).map(flat));
        assert.deepEqual(seen.controls.filter(Boolean), controlsOf(screen).map(flat));
        ours.push(seen);
      }
      await gallery.show({ screens: [] });
      await gallery.show({ screens: shown, theme: "dark" });
      for (const [index, { platform }] of shown.entries())
        assert.deepEqual(await read(platform), ours[index]);
    });
  }

  it("keep every word within the glass, however long, at 380 and at 264 pixels", async () => {
    const screens = await chats(examplesToSee());
    for (const width of [1640, 320]) {
      await gallery.page.setViewportSize({ width, height: 720 });
      await gallery.show({ screens });
      assert.deepEqual(await overflowing(), [], `at ${width}`);
    }
    await gallery.page.setViewportSize({ width: 1640, height: 720 });
  });

  it("widen a message on Telegram for its buttons, as far as the phone is wide, and not for its words", async () => {
    const { content } = examplesToSee().find(({ name }) => name === "seed-1-button")!;
    const long = structuredClone(content) as { interactive: { body: { text: string } } };
    long.interactive.body.text = "Many words that fill more than a line, whatever its width may be. ".repeat(
      3,
    );
    for (const width of [1640, 320]) {
      await gallery.page.setViewportSize({ width, height: 720 });
      for (const shown of [content, long as Content]) {
        await gallery.show({ screens: await screensOf({ content: shown }) });
        const telegram = gallery.phone("telegram");
        const labels = await telegram.locator("[data-bubble] button span").all();
        assert.equal(labels.length, 3);
        for (const label of labels) assert.ok(await label.evaluate(isWhole), await label.innerText());
      }
      const [chat, bubble] = await gallery.phone("telegram").evaluate(widths);
      assert.ok(bubble! > chat! * 0.6 && bubble! < chat! * 0.95, `${bubble} of ${chat}`);
    }
    await gallery.page.setViewportSize({ width: 1640, height: 720 });
  });

  it("ask for nothing from anywhere, whatever they show", async () => {
    gallery.asked.length = 0;
    await gallery.show({ screens: await chats(examplesToSee()) });
    assert.deepEqual(gallery.asked, []);
  });

  it("open a list that holds the focus and gives it back, and tell which row was picked", async () => {
    await gallery.show({ screens: await screensOf({ content: samples().list }), isLive: true });
    const opener = gallery.phone("whatsapp").getByRole("button", { name: "View options" });
    const { page } = gallery;
    await opener.focus();
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog", { name: "View options" });
    await sheet.getByRole("button", { name: "Lava cake" }).waitFor();
    for (let press = 0; press < 8; press++) {
      await page.keyboard.press("Tab");
      assert.equal(await sheet.locator(":focus").count(), 1);
    }
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    assert.equal(await gallery.phone("whatsapp").locator("button:focus").innerText(), "View options");
    await opener.click();
    await sheet.getByRole("button", { name: "Lava cake" }).click();
    await sheet.waitFor({ state: "detached" });
    const [, again, picked] = await gallery.acts();
    assert.deepEqual(again, { act: "open_list", bubble: "call-0" });
    assert.deepEqual(picked, { act: "choose", bubble: "call-0", row: 1, title: "Lava cake" });
  });

  it("show an open list as it is now, and close it when it is gone", async () => {
    const list = samples().list as Extract<Content, { interactive: unknown }>;
    await gallery.show({ screens: await screensOf({ content: list }) });
    await gallery.phone("whatsapp").getByRole("button", { name: "View options" }).click();
    const changed = JSON.parse(JSON.stringify(list).replace("Lava cake", "Apple pie"));
    await gallery.show({ screens: await screensOf({ content: changed }) });
    const sheet = gallery.phone("whatsapp").getByRole("dialog");
    await sheet.getByRole("button", { name: "Apple pie" }).waitFor();
    await gallery.show({ screens: await screensOf({ content: samples().text }) });
    await sheet.waitFor({ state: "detached" });
  });

  it("tell every tap with the place of its control, and do nothing where nobody listens", async () => {
    const taps = async (isLive: boolean) => {
      await gallery.show({ screens: await screensOf({ content: samples().button }), isLive });
      for (const platform of staged)
        await gallery.phone(platform).getByRole("button", { name: "Sales" }).click();
      return gallery.acts();
    };
    const control = { label: "Sales", kind: "reply", button: { button: 1 } };
    const told = { act: "tap", bubble: "call-0", control };
    assert.deepEqual(await taps(true), [told, told, told, told]);
    assert.deepEqual(await taps(false), []);
  });

  it("take a vote, a tap on the bot's keyboard, and what the person writes", async () => {
    await gallery.show({ screens: await screensOf({ content: samples().list }), isLive: true });
    const telegram = gallery.phone("telegram");
    await telegram.getByRole("button", { name: "Lava cake — With ice cream" }).click();
    await gallery.show({
      screens: await screensOf({ content: samples().location_request_message }),
      isLive: true,
    });
    await telegram.getByRole("button", { name: "Send location" }).click();
    await telegram.getByRole("textbox").fill("مرحبا 🌱");
    await gallery.page.keyboard.press("Enter");
    const [vote, tap, say] = await gallery.acts();
    assert.deepEqual(vote, { act: "vote", bubble: "call-0", options: ["Lava cake — With ice cream"] });
    assert.ok(tap?.act === "tap" && tap.control.kind === "location" && tap.bubble === "call-0");
    assert.deepEqual(say, { act: "say", text: "مرحبا 🌱" });
  });

  it("take a reaction beside a message of the business, by the keyboard too, and take it back", async () => {
    const [screen] = await screensOf({ content: samples().text });
    const { page } = gallery;
    await gallery.show({ screens: [screen!], isLive: true });
    const open = page.getByRole("button", { name: "React to this message" });
    await open.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.deepEqual(await gallery.acts(), [{ act: "react", bubble: "call-0", emoji: "❤️" }]);
    assert.equal(await page.locator("button:focus").getAttribute("aria-label"), "React to this message");
    const reacted = [{ ...screen!.bubbles[0]!, reactions: [{ from: "person" as const, emoji: "❤️" }] }];
    await gallery.show({ screens: [{ ...screen!, bubbles: reacted }], isLive: true });
    await open.click();
    await page.getByRole("button", { name: "❤️", pressed: true }).click();
    assert.deepEqual(await gallery.acts(), [{ act: "react", bubble: "call-0", emoji: "" }]);
    await open.click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "👍" }).waitFor({ state: "detached" });
    await gallery.show({ screens: [screen!] });
    assert.equal(await open.count(), 0, "a picture takes none");
  });

  it("show where a link would lead, and open nothing", async () => {
    const url = "https://example.com";
    await gallery.show({ screens: await screensOf({ content: samples().cta_url }), isLive: true });
    for (const platform of staged) {
      await gallery.phone(platform).getByRole("button", { name: "Visit site" }).click();
      const sheet = gallery.phone(platform).getByRole("dialog");
      await sheet.getByText(url).waitFor();
      await sheet.getByRole("button", { name: "Close" }).click();
      await sheet.waitFor({ state: "detached" });
    }
    const followed = { act: "follow", bubble: "call-0", url };
    assert.deepEqual(await gallery.acts(), [followed, followed, followed, followed]);
    assert.equal(gallery.page.context().pages().length, 1);
  });

  it("scroll cards by their arrows, each coming to stand at the edge", async () => {
    const example = examplesToSee().find(({ name }) => /ten.?cards/i.test(name))!;
    await gallery.show({ screens: await screensOf(example), isLive: true });
    const cards = gallery.phone("whatsapp").getByRole("list", { name: "Cards" });
    const left = async (card: number) => {
      const [strip, box] = [await cards.boundingBox(), await cards.locator("> li").nth(card).boundingBox()];
      return Math.round(box!.x - strip!.x);
    };
    const edge = await left(0);
    await gallery.phone("whatsapp").getByRole("button", { name: "Next card" }).focus();
    for (let card = 1; card <= 3; card++) {
      await gallery.page.keyboard.press("Enter");
      await gallery.page.waitForFunction(
        (at) => (globalThis as unknown as { acts: { card?: number }[] }).acts.at(-1)?.card === at,
        card,
      );
    }
    assert.equal(await left(3), edge);
    assert.equal(await cards.locator("> li").count(), 10);
  });

  it("have no serious fault for axe, in both themes", async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await gallery.page.evaluate(axe);
    const screens = await chats(sampled());
    for (const theme of ["light", "dark"] as const) {
      await gallery.show({ screens, theme, isLive: theme === "dark" });
      assert.deepEqual(await faults(), [], theme);
    }
    const opener = gallery.phone("whatsapp").getByRole("button", { name: "View options" }).first();
    await opener.click();
    assert.deepEqual(await faults(), [], "an open list");
  });

  it("are drawn in less than 50 ms at a keystroke, the longest message on all four", async () => {
    const { content } = examplesToSee().find(({ name }) => name === "long-body")!;
    const times: number[] = [];
    for (let key = 0; key < 40; key++) {
      const typed = structuredClone(content) as { interactive: { body: { text: string } } };
      typed.interactive.body.text = `${"x".repeat(key)}${typed.interactive.body.text.slice(key)}`;
      times.push(await gallery.show({ screens: await screensOf({ content: typed as Content }) }));
    }
    const median = quantile(times, 0.5);
    console.log(
      `four phones at a keystroke: median ${median.toFixed(1)} ms, worst ${Math.max(...times).toFixed(1)} ms`,
    );
    assert.ok(median < 50, `${median} ms`);
  });
});

interface Boxed {
  scrollWidth: number;
  clientWidth: number;
  querySelector(query: string): Boxed;
}
const isWhole = (label: unknown) => (label as Boxed).scrollWidth <= (label as Boxed).clientWidth;
/** Of the list of messages, and of the first of them. */
const widths = (phone: unknown) =>
  ["[data-chat] ul", "[data-bubble] > div"].map((query) => (phone as Boxed).querySelector(query).clientWidth);

/** Each text is there, after the one before. */
function assertInOrder(words: string, texts: readonly string[]): void {
  let at = 0;
  for (const text of texts) {
    const found = words.indexOf(text, at);
    assert.ok(
      found >= 0,
      `“${text}” is missing after “${words.slice(Math.max(0, at - 40), at)}” in: ${words}`,
    );
    at = found + text.length;
  }
}

/** What hangs out of its chat, or hides a part of its words, by its text. */
function overflowing(): Promise<string[]> {
  return gallery.page.evaluate(() => {
    const { document } = globalThis as unknown as {
      document: { querySelectorAll(query: string): Iterable<Box> };
    };
    interface Box {
      textContent: string;
      scrollWidth: number;
      clientWidth: number;
      closest(query: string): Box | null;
      getBoundingClientRect(): { left: number; right: number };
    }
    const found: string[] = [];
    for (const chat of document.querySelectorAll("[data-chat]"))
      if (chat.scrollWidth > chat.clientWidth) found.push(`chat of ${chat.textContent.slice(0, 40)}`);
    for (const box of document.querySelectorAll("[data-chat] [data-bubble] > div")) {
      const [inner, outer] = [
        box.getBoundingClientRect(),
        box.closest("[data-chat]")!.getBoundingClientRect(),
      ];
      if (inner.right > outer.right + 1 || inner.left < outer.left - 1)
        found.push(box.textContent.slice(0, 40));
    }
    return found;
  });
}

/** Axe's serious and critical findings, each with where it is. */
function faults(): Promise<string[]> {
  return gallery.page.evaluate(async () => {
    interface Result {
      violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Result> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
  });
}
