import { type KeyboardEvent, useState } from "react";
import { Link } from "wouter";
import type { Conversation } from "../../api/conversations.ts";
import { useSend } from "../../api/messages.ts";
import { newKey } from "../../api/new-key.ts";
import { useLacking } from "../../content/lacking.ts";
import { nameOf } from "../../content/person-name.ts";
import { Button } from "../../controls/button.tsx";
import { Field } from "../../controls/field.tsx";
import { TextArea } from "../../controls/text-area.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./conversations.module.css";
import { useNow } from "./use-now.ts";
import { isClosed } from "./window-badge.tsx";

const { conversations: words } = texts;
/** Meta gives a person's own answer a longer time there. */
const knowsHumans: readonly string[] = ["messenger", "instagram"];

/** A text to the person, or the way to a composed message. A text that could not be sent stays. */
export function ReplyBox({ conversation }: { conversation: Conversation }) {
  const { channel, chat, platform } = conversation;
  const [text, setText] = useState("");
  const [key, setKey] = useState(newKey);
  const lacking = useLacking({ scope: "send" });
  const send = useSend();
  const now = useNow(5_000);
  const submit = () => {
    const body = text.trim();
    if (body === "" || send.isPending || lacking !== undefined) return;
    send.mutate(
      {
        from: channel,
        to: chat.id,
        content: { text: { body } },
        ...(knowsHumans.includes(platform) && { origin: "human" as const }),
        key,
      },
      {
        onSuccess: ({ warnings }) => {
          setText("");
          setKey(newKey());
          for (const { message } of warnings) toast(message, "warn");
        },
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className={styles.reply}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field
        label={words.replyTo(nameOf(conversation))}
        labelHidden
        help={lacking ?? (isClosed(conversation, now) ? words.windowClosedHelp : words.replyHelp)}
        error={send.error ? `${words.notSent}: ${send.error.message}` : undefined}
      >
        <TextArea
          rows={2}
          value={text}
          placeholder={words.reply}
          maxLength={65_536}
          onChange={(event) => {
            setText(event.target.value);
            // Another text is another wish: it must not be taken for the one before, repeated.
            if (send.isError) setKey(newKey());
          }}
          onKeyDown={onKeyDown}
        />
      </Field>
      <div className={styles.replyActions}>
        <Button
          type="submit"
          kind="primary"
          icon="send"
          off={lacking}
          busy={send.isPending}
          disabled={text.trim() === ""}
        >
          {words.send}
        </Button>
        <Link href={`/compose?${new URLSearchParams({ channel, to: chat.id })}`}>{words.compose}</Link>
      </div>
    </form>
  );
}
