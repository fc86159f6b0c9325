import { useState } from "react";
import { useChannels } from "../../api/channels.ts";
import { type Scope, scopes, useMakeKey } from "../../api/keys.ts";
import { Choices } from "../../controls/choices.tsx";
import { Dialog } from "../../controls/dialog.tsx";
import { DialogForm } from "../../controls/dialog-form.tsx";
import { Field } from "../../controls/field.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import { showKey } from "./show-key.ts";

const { keys: words } = texts;

/** Asks what a new key may do. */
export function NewKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={words.create}>
      <NewKeyForm onClose={onClose} />
    </Dialog>
  );
}

function NewKeyForm({ onClose }: { onClose: () => void }) {
  const make = useMakeKey(showKey);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>(["send"]);
  const [ends, setEnds] = useState("");
  const [channels, setChannels] = useState<readonly string[]>([]);
  const all = useChannels().data?.data ?? [];
  const submit = () => {
    const wish = {
      name,
      scopes: [...chosen],
      ...(channels.length > 0 && { channels: [...channels] }),
      ...(ends && { expires_at: new Date(ends).toISOString() }),
    };
    make.mutate(wish, { onSuccess: onClose });
  };
  return (
    <DialogForm
      onSubmit={submit}
      action={words.create}
      busy={make.isPending}
      disabled={chosen.length === 0}
      problem={make.error}
    >
      <Field label={words.name} help={words.nameHelp}>
        <TextInput value={name} onChange={(event) => setName(event.target.value)} required maxLength={200} />
      </Field>
      <Choices
        title={words.scopes}
        options={scopes.map((scope) => ({ value: scope, label: scope, help: words.scopeHelp[scope] }))}
        chosen={chosen}
        onChange={setChosen}
      />
      <Choices
        title={words.channels}
        help={words.channelsHelp}
        options={all.map(({ id, name, platform }) => ({ value: id, label: name, help: platform }))}
        chosen={channels}
        onChange={setChannels}
      />
      <Field label={words.expires} help={words.expiresHelp}>
        <TextInput type="datetime-local" value={ends} onChange={(event) => setEnds(event.target.value)} />
      </Field>
    </DialogForm>
  );
}
