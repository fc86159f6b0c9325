import { useState } from "react";
import { useLocation } from "wouter";
import { type PlatformName, useCapabilities } from "../../api/capabilities.ts";
import { useAddChannel } from "../../api/channels.ts";
import { ApiProblem } from "../../api/request.ts";
import { Dialog } from "../../controls/dialog.tsx";
import { DialogForm } from "../../controls/dialog-form.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { Switch } from "../../controls/switch.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import { CredentialFields, filledIn } from "./credential-fields.tsx";

const { channels: words } = texts;

/** Connects a number, a page, an account or a bot. */
export function AddChannelDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={words.add}>
      <AddChannelForm onClose={onClose} />
    </Dialog>
  );
}

function AddChannelForm({ onClose }: { onClose: () => void }) {
  const platforms = useCapabilities().data?.data ?? [];
  const [platform, setPlatform] = useState<PlatformName>("whatsapp");
  const [name, setName] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const [simulated, setSimulated] = useState(false);
  const [takeOver, setTakeOver] = useState(false);
  const add = useAddChannel();
  const [, go] = useLocation();
  const choose = (chosen: PlatformName) => {
    setPlatform(chosen);
    setValues({});
    add.reset();
  };
  const connect = () => {
    const wish = {
      platform,
      credentials: filledIn(values),
      ...(name && { name }),
      ...(simulated && { simulated }),
      ...(takeOver && { take_over: true }),
    };
    add.mutate(wish, { onSuccess: (channel) => [onClose(), go(`/channels/${channel.id}`)] });
  };
  const problems = add.error instanceof ApiProblem ? add.error.errors : [];
  const fields = platforms.find((one) => one.platform === platform)?.credentials ?? [];
  return (
    <DialogForm onSubmit={connect} action={words.connect} busy={add.isPending} problem={add.error}>
      <Field label={words.platform}>
        <Select
          value={platform}
          onChange={choose}
          options={platforms.map((one) => ({ value: one.platform, label: one.title }))}
        />
      </Field>
      <CredentialFields fields={fields} values={values} onChange={setValues} problems={problems} />
      <Field label={words.name} help={words.nameHelp} optional>
        <TextInput value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Switch label={words.simulated} checked={simulated} onChange={setSimulated} />
      <Switch label={words.takeOver} checked={takeOver} onChange={setTakeOver} />
    </DialogForm>
  );
}
