import { useState } from "react";
import { useLacking } from "../../content/lacking.ts";
import { Button } from "../../controls/button.tsx";
import { texts } from "../../texts/texts.ts";
import { CopyMenu } from "./copy-menu.tsx";
import styles from "./send.module.css";
import { SendDialog } from "./send-dialog.tsx";
import { type Target, useSimulatedPeople } from "./targets.ts";
import type { Composing } from "./use-draft.ts";

const words = texts.compose.send;

/** Whom another page sends here to write to. */
function presetTarget(): Target | undefined {
  const { searchParams } = new URL(location.href);
  const from = searchParams.get("channel");
  const to = searchParams.get("to");
  return from && to ? { from, to } : undefined;
}

interface SendActionsProps {
  composing: Composing;
  isStale: boolean;
  isBusy: boolean;
  send(targets: readonly Target[]): void;
}

/** Copies, sends to chosen chats, and sends to one simulated person on each app. */
export function SendActions({ composing, isStale, isBusy, send }: SendActionsProps) {
  const [isChoosing, setChoosing] = useState(false);
  const [preset] = useState(presetTarget);
  const lacking = useLacking({ scope: "send" });
  const people = useSimulatedPeople();
  const { draft, judged } = composing;
  return (
    <>
      <CopyMenu body={draft.body} previews={judged.previews} target={preset ?? people[0]} />
      <Button icon="send" off={lacking} disabled={isStale} onClick={() => setChoosing(true)}>
        {words.one}
      </Button>
      {people.length > 0 && (
        <Button
          kind="primary"
          icon="phones"
          busy={isBusy}
          off={lacking}
          disabled={isStale}
          title={isStale ? words.withProblems : words.fourHelp}
          onClick={() => send(people)}
        >
          {people.length === 4 ? words.four : words.chosen(people.length)}
        </Button>
      )}
      {lacking && <p className={styles.lacking}>{lacking}</p>}
      {isChoosing && <SendDialog open first={preset} onClose={() => setChoosing(false)} onSend={send} />}
    </>
  );
}
