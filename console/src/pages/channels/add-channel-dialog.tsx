import { useState } from "react";
import { useLocation } from "wouter";
import { credentialsOf, type SimulatedAccountTold } from "../../../../src/core/simulated-account.ts";
import { type PlatformName, useCapabilities } from "../../api/capabilities.ts";
import { useAddChannel } from "../../api/channels.ts";
import { useMe } from "../../api/me.ts";
import { ApiProblem } from "../../api/request.ts";
import { Dialog } from "../../controls/dialog.tsx";
import { DialogForm } from "../../controls/dialog-form.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { Switch } from "../../controls/switch.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import { CredentialFields, filledIn } from "./credential-fields.tsx";
import { accountKey, SimulatedAccount } from "./simulated-account.tsx";

const { channels: words } = texts;

/** Connects a number, a page, an account or a bot. */
export function AddChannelDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={words.add}>
      <AddChannelForm onClose={onClose} />
    </Dialog>
  );
}

interface Wish {
  platform: PlatformName;
  credentials: Record<string, string>;
  /** By it the form was filled in; empty: by hand. */
  account: string;
  simulated: boolean;
}

const blank: Wish = { platform: "whatsapp", credentials: {}, account: "", simulated: false };

function AddChannelForm({ onClose }: { onClose: () => void }) {
  const platforms = useCapabilities().data?.data ?? [];
  const hasSimulator = useMe().data?.simulator_url !== undefined;
  const [wish, setWish] = useState(blank);
  const [name, setName] = useState("");
  const [takeOver, setTakeOver] = useState(false);
  const add = useAddChannel();
  const [, go] = useLocation();
  /** What was refused is of another wish then. */
  const change = (part: Partial<Wish>) => {
    setWish({ ...wish, ...part });
    add.reset();
  };
  const fillIn = (account: SimulatedAccountTold | undefined) =>
    change(
      account
        ? {
            platform: account.platform,
            credentials: credentialsOf(account),
            account: accountKey(account.platform, account.id),
            simulated: true,
          }
        : { ...blank, platform: wish.platform },
    );
  const connect = () => {
    const { platform, credentials, simulated } = wish;
    const channel = {
      platform,
      credentials: filledIn(credentials),
      ...(name && { name }),
      ...(simulated && { simulated }),
      ...(takeOver && { take_over: true }),
    };
    add.mutate(channel, { onSuccess: ({ id }) => [onClose(), go(`/channels/${id}`)] });
  };
  const problems = add.error instanceof ApiProblem ? add.error.errors : [];
  const fields = platforms.find((one) => one.platform === wish.platform)?.credentials ?? [];
  return (
    <DialogForm onSubmit={connect} action={words.connect} busy={add.isPending} problem={add.error}>
      <Field label={words.platform}>
        <Select
          value={wish.platform}
          onChange={(platform) => change({ ...blank, platform })}
          options={platforms.map((one) => ({ value: one.platform, label: one.title }))}
        />
      </Field>
      {hasSimulator && <SimulatedAccount platform={wish.platform} chosen={wish.account} onChoose={fillIn} />}
      <CredentialFields
        fields={fields}
        values={wish.credentials}
        onChange={(credentials) => change({ credentials })}
        problems={problems}
      />
      <Field label={words.name} help={words.nameHelp} optional>
        <TextInput value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </Field>
      {hasSimulator && (
        <Switch
          label={words.simulated}
          checked={wish.simulated}
          onChange={(simulated) => change({ simulated })}
        />
      )}
      <Switch label={words.takeOver} checked={takeOver} onChange={setTakeOver} />
    </DialogForm>
  );
}
