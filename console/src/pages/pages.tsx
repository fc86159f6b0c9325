import { type ComponentType, lazy } from "react";
import type { texts } from "../texts/texts.ts";

type PageName = keyof typeof texts.pages;

/** A page's script comes when it is opened. The first of `paths` is where the menu leads. */
export interface PageEntry {
  name: PageName;
  paths: [string, ...string[]];
  Page: ComponentType;
}

const page = (
  name: PageName,
  load: () => Promise<{ Page: ComponentType }>,
  ...more: string[]
): PageEntry => ({
  name,
  paths: [`/${name === "overview" ? "" : name}`, ...more],
  Page: lazy(() => load().then(({ Page }) => ({ default: Page }))),
});

/** In the order of the menu. The gateway serves the same paths (src/http/console.ts). */
export const pages: readonly PageEntry[] = [
  page("overview", () => import("./overview/page.tsx")),
  page("compose", () => import("./compose/page.tsx")),
  page("phones", () => import("./phones/page.tsx")),
  page("messages", () => import("./messages/page.tsx"), "/messages/:id"),
  page("conversations", () => import("./conversations/page.tsx"), "/conversations/:id"),
  page("channels", () => import("./channels/page.tsx"), "/channels/:id"),
  page("endpoints", () => import("./endpoints/page.tsx"), "/endpoints/:id"),
  page("keys", () => import("./keys/page.tsx")),
];
