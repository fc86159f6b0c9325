import type { Content } from "../../core/message.ts";
import type { RenderContext, Rendering } from "../../core/platform.ts";
import { renderIn } from "../meta/messaging/render.ts";
import { dialect } from "./dialect.ts";

/** The calls that show a message on Instagram, and what had to change for it. */
export function render(content: Content, context: RenderContext): Rendering {
  return renderIn(dialect, content, context);
}
