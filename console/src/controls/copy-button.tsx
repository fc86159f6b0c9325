import { useEffect, useState } from "react";
import { texts } from "../texts/texts.ts";
import { Button, type ButtonKind } from "./button.tsx";
import { toast } from "./toast.ts";

const shownMs = 1_800;

interface CopyButtonProps {
  text: string;
  /** What is copied. */
  label?: string;
  kind?: ButtonKind;
  small?: boolean;
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, label = texts.controls.copy, kind, small = true }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await copyText(text)) setCopied(true);
    else toast(texts.controls.copyFailed, "bad");
  };
  return (
    <Button kind={kind} small={small} icon={copied ? "check" : "copy"} onClick={copy}>
      <span aria-live="polite">{copied ? texts.controls.copied : label}</span>
    </Button>
  );
}

/** The clipboard is there only for pages by TLS or from this machine; else the old way, by a selection. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => copySelected(text),
    );
  return copySelected(text);
}

function copySelected(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
