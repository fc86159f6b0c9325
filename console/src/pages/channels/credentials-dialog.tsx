import { useState } from "react";
import { useCapabilities } from "../../api/capabilities.ts";
import { type Channel, useChangeChannel } from "../../api/channels.ts";
import { ApiProblem } from "../../api/request.ts";
import { Dialog } from "../../controls/dialog.tsx";
import { DialogForm } from "../../controls/dialog-form.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";
import { CredentialFields, filledIn } from "./credential-fields.tsx";

const { channels: words } = texts;

interface CredentialsDialogProps {
  open: boolean;
  channel: Channel;
  onClose: () => void;
}

/** Asks for what has changed of a channel's credentials; the platform is asked before they are kept. */
export function CredentialsDialog({ open, channel, onClose }: CredentialsDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={words.rotate}>
      <CredentialsForm channel={channel} onClose={onClose} />
    </Dialog>
  );
}

function CredentialsForm({ channel, onClose }: Omit<CredentialsDialogProps, "open">) {
  const [values, setValues] = useState<Record<string, string>>({});
  const change = useChangeChannel(channel.id);
  const capabilities = useCapabilities().data?.data.find(({ platform }) => platform === channel.platform);
  // Those of an app are changed with the app, for all its channels.
  const fields = capabilities?.credentials.filter(({ of }) => of !== "app") ?? [];
  const save = () => {
    const onSuccess = () => {
      toast(words.done, "good");
      onClose();
    };
    change.mutate({ credentials: filledIn(values) }, { onSuccess });
  };
  const problems = change.error instanceof ApiProblem ? change.error.errors : [];
  return (
    <DialogForm
      onSubmit={save}
      action={words.save}
      busy={change.isPending}
      disabled={Object.keys(filledIn(values)).length === 0}
      problem={change.error}
    >
      <p className={styles.soft}>{words.rotateHelp}</p>
      <CredentialFields fields={fields} values={values} onChange={setValues} problems={problems} isChange />
    </DialogForm>
  );
}
