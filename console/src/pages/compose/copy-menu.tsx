import type { PlatformName } from "../../../../src/core/platform.ts";
import type { PlatformPreview } from "../../../../src/core/preview.ts";
import { Button } from "../../controls/button.tsx";
import { copyText } from "../../controls/copy-button.tsx";
import { Menu } from "../../controls/menu.tsx";
import { toast } from "../../controls/toast.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import { asCalls, asCurl, asFetch, requestBody } from "./copies.ts";
import { platformNames } from "./judge.ts";
import { composePath } from "./place.ts";
import type { Target } from "./targets.ts";

const words = texts.compose.copy;

interface CopyMenuProps {
  body: Record<string, unknown>;
  previews?: Record<PlatformName, PlatformPreview>;
  target?: Target;
}

/** Takes the message out of the page: as a request to the gateway, or as the platforms' own. */
export function CopyMenu({ body, previews, target }: CopyMenuProps) {
  const full = requestBody(body, target);
  const callItems = platformNames.map((name) => {
    const preview = previews?.[name];
    const calls = preview && "calls" in preview ? preview.calls : undefined;
    const title = phones.names[name];
    return {
      label: words.calls(title),
      disabled: calls === undefined,
      onSelect: () => calls && copy(asCalls(name, calls)),
    };
  });
  return (
    <Menu
      trigger={<Button icon="copy">{words.title}</Button>}
      items={[
        { label: words.curl, onSelect: () => copy(asCurl(location.origin, full)) },
        { label: words.fetch, onSelect: () => copy(asFetch(location.origin, full)) },
        "line",
        ...callItems,
        "line",
        { label: words.link, icon: "link", onSelect: () => copy(location.origin + composePath(body)) },
      ]}
    />
  );
}

async function copy(text: string): Promise<void> {
  if (await copyText(text)) toast(words.copied, "good");
  else toast(texts.controls.copyFailed, "bad");
}
