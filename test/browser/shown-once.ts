import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axe } from "./axe.ts";

/** A secret that is shown once: neither Escape, nor a press beside it, nor the browser's way back lose it. Gives it, and leaves it as kept. */
export async function keptSecret(page: Page, shape: RegExp): Promise<string> {
  const dialog = page.getByRole("dialog");
  const shown = dialog.getByText(shape);
  const secret = await shown.innerText();
  const address = page.url();
  await page.keyboard.press("Escape");
  await page.mouse.click(3, 3);
  await page.goBack();
  await page.goForward();
  await page.waitForURL(address);
  assert.equal(await shown.innerText(), secret);
  assert.ok(
    await page.evaluate("document.activeElement.closest('[role=dialog]') !== null"),
    "the focus is elsewhere",
  );
  await axe(page);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("main h1:focus").waitFor();
  assert.ok(!(await page.content()).includes(secret), "what is told once stands on the page still");
  return secret;
}
