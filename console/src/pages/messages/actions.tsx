import { useState } from "react";
import { type MessageDetail, useCancelMessage, useSend } from "../../api/messages.ts";
import { newKey } from "../../api/new-key.ts";
import { useLacking } from "../../content/lacking.ts";
import { personOf } from "../../content/person-name.ts";
import { Button } from "../../controls/button.tsx";
import { Confirm } from "../../controls/confirm.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";

const { messages: words } = texts;

type Asking = "again" | "cancel" | undefined;

/** What can be done with any sent message; what is not settled has more. */
export function Actions({ message, onOpen }: { message: MessageDetail; onOpen: (id: string) => void }) {
  const [asking, setAsking] = useState<Asking>();
  const off = useLacking({ scope: "send" });
  const close = () => setAsking(undefined);
  if (message.direction === "in") return null;
  const canCancel = message.status === "accepted";
  const canRepeat = message.erased_at === undefined && message.type !== "damaged" && message.to !== "";
  return (
    <>
      {canCancel && (
        <Button small off={off} onClick={() => setAsking("cancel")}>
          {words.cancel}
        </Button>
      )}
      {canRepeat && (
        <Button small off={off} icon="send" onClick={() => setAsking("again")}>
          {words.again}
        </Button>
      )}
      <SendAgain message={message} open={asking === "again"} onClose={close} onOpen={onOpen} />
      <TakeBack message={message} open={asking === "cancel"} onClose={close} />
    </>
  );
}

interface AskProps {
  message: MessageDetail;
  open: boolean;
  onClose: () => void;
}

function SendAgain({ message, open, onClose, onOpen }: AskProps & { onOpen: (id: string) => void }) {
  const send = useSend();
  const [key, setKey] = useState(newKey);
  const again = () =>
    send.mutate(
      {
        from: message.channel,
        to: message.to ?? "",
        content: message.content,
        metadata: message.metadata,
        key,
      },
      {
        onSuccess: ({ id }) => {
          toast(words.againDone, "good");
          setKey(newKey());
          onClose();
          onOpen(id);
        },
        onError: (error) => toast(error.message, "bad"),
      },
    );
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={words.againTitle}
      action={words.again}
      onConfirm={again}
      busy={send.isPending}
    >
      <p>{words.againBody(personOf(message))}</p>
    </Confirm>
  );
}

function TakeBack({ message, open, onClose }: AskProps) {
  const cancel = useCancelMessage(message.id);
  const takeBack = () =>
    cancel.mutate(undefined, {
      onSuccess: () => toast(words.cancelDone, "good"),
      onError: (error) => toast(error.message, "bad"),
      onSettled: onClose,
    });
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={words.cancelTitle}
      action={words.cancel}
      onConfirm={takeBack}
      busy={cancel.isPending}
      danger
    >
      <p>{words.cancelBody}</p>
    </Confirm>
  );
}
