import { useState } from "react";
import { Link } from "wouter";
import { type Channel, useChannels } from "../../api/channels.ts";
import { Button } from "../../controls/button.tsx";
import { Dialog } from "../../controls/dialog.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./send.module.css";
import { type Target, useChats } from "./targets.ts";

const words = texts.compose.send;

interface SendDialogProps {
  open: boolean;
  first?: Target;
  onClose(): void;
  onSend(targets: readonly Target[]): void;
}

/** Chooses the chats that a message goes to: those that there are, or anybody by their address. */
export function SendDialog({ open, first, onClose, onSend }: SendDialogProps) {
  const channels = useChannels().data?.data ?? [];
  const [rows, setRows] = useState<readonly Partial<Target>[]>([first ?? {}]);
  const targets = rows.flatMap(({ from = channels[0]?.id, to }) =>
    from && to?.trim() ? [{ from, to }] : [],
  );
  const put = (index: number, row: Partial<Target>) =>
    setRows(rows.map((one, other) => (other === index ? row : one)));
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={words.choose}
      actions={
        <Button
          kind="primary"
          icon="send"
          disabled={targets.length === 0}
          onClick={() => {
            onSend(targets);
            onClose();
          }}
        >
          {words.chosen(targets.length)}
        </Button>
      }
    >
      {channels.length === 0 ? (
        <Empty title={words.noChannels} action={<Link href="/channels">{words.toChannels}</Link>}>
          {words.noChannelsHelp}
        </Empty>
      ) : (
        <div className={styles.rows}>
          {rows.map((row, index) => (
            <TargetRow
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name of its own
              key={index}
              row={row}
              channels={channels}
              onChange={(next) => put(index, next)}
              onRemove={
                rows.length > 1 ? () => setRows(rows.filter((_, other) => other !== index)) : undefined
              }
            />
          ))}
          <Button small icon="plus" onClick={() => setRows([...rows, {}])}>
            {words.addChat}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

interface TargetRowProps {
  row: Partial<Target>;
  channels: readonly Channel[];
  onChange(row: Partial<Target>): void;
  onRemove?: () => void;
}

const typed = "";

function TargetRow({ row, channels, onChange, onRemove }: TargetRowProps) {
  const from = row.from ?? channels[0]!.id;
  const chats = useChats(from).data ?? [];
  const known = chats.find(({ to }) => to === row.to);
  return (
    <div className={styles.row}>
      <Field label={words.channel}>
        <Select
          value={from}
          onChange={(next) => onChange({ from: next })}
          options={channels.map(({ id, name, platform }) => ({
            value: id,
            label: `${phones.names[platform]}: ${name}`,
          }))}
        />
      </Field>
      <Field label={words.to}>
        <Select
          value={known?.to ?? typed}
          onChange={(to) => onChange({ from, to })}
          options={[
            { value: typed, label: words.typed },
            ...chats.map(({ to, name }) => ({ value: to, label: name === to ? to : `${name} (${to})` })),
          ]}
        />
      </Field>
      {!known && (
        <div className={styles.whole}>
          <Field label={words.address} help={words.toHelp}>
            <TextInput
              mono
              value={row.to ?? ""}
              onChange={({ target }) => onChange({ from, to: target.value })}
            />
          </Field>
        </div>
      )}
      {onRemove && (
        <div className={styles.whole}>
          <Button small kind="ghost" icon="trash" onClick={onRemove}>
            {words.removeChat}
          </Button>
        </div>
      )}
    </div>
  );
}
