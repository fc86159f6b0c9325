import type { MadeKey } from "../../api/keys.ts";
import { showOnce } from "../../controls/show-once.ts";
import { texts } from "../../texts/texts.ts";

const { keys: words } = texts;

/** The one time that a key is seen. */
export function showKey({ name, key }: MadeKey): void {
  showOnce({ title: words.shownTitle(name), text: words.shownOnce, secret: key, copy: words.copyKey });
}
