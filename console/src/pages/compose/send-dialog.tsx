import { useEffect, useState } from "react";
import { Link } from "wouter";
import { type Channel, useChannels } from "../../api/channels.ts";
import { ChannelPaused } from "../../content/channel-paused.tsx";
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
  // Who presses too early is told at the field, not by a button that does nothing.
  const [isPressed, setPressed] = useState(false);
  const put = (index: number, row: Partial<Target>) =>
    // Several may ask at once, each for its own.
    setRows((now) => now.map((one, other) => (other === index ? row : one)));
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={words.choose}
      actions={
        channels.length > 0 && (
          <Button
            kind="primary"
            icon="send"
            onClick={() => {
              setPressed(true);
              if (targets.length < rows.length) return;
              onSend(targets);
              onClose();
            }}
          >
            {words.chosen(rows.length)}
          </Button>
        )
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
              taken={targets}
              isPressed={isPressed}
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
  /** Whom the message goes to already. */
  taken: readonly Partial<Target>[];
  /** Somebody has tried to send. */
  isPressed: boolean;
  onChange(row: Partial<Target>): void;
  onRemove?: () => void;
}

const typed = "";

function TargetRow({ row, channels, taken, isPressed, onChange, onRemove }: TargetRowProps) {
  const from = row.from ?? channels[0]!.id;
  const channel = channels.find(({ id }) => id === from);
  const chats = useChats(from).data ?? [];
  const known = chats.find(({ to }) => to === row.to);
  const newest = chats.find(({ to }) => !taken.some((one) => one.from === from && one.to === to))?.to;
  // The chat that was heard of last, until somebody chooses another or types an address.
  useEffect(() => {
    if (row.to === undefined && newest !== undefined) onChange({ from, to: newest });
  }, [row.to, newest, from, onChange]);
  return (
    <div className={styles.row}>
      <Field label={words.channel}>
        <Select
          value={from}
          onChange={(next) => onChange({ from: next })}
          options={channels.map(({ id, name, platform, paused }) => ({
            value: id,
            label: `${phones.names[platform]}: ${name}${paused ? ` (${texts.sending.paused.short})` : ""}`,
          }))}
        />
      </Field>
      <Field label={words.to}>
        <Select
          value={known?.to ?? typed}
          onChange={(to) => onChange({ from, to })}
          options={[
            ...chats.map(({ to, name }) => ({ value: to, label: name === to ? to : `${name} (${to})` })),
            { value: typed, label: words.typed },
          ]}
        />
      </Field>
      {!known && (
        <div className={styles.whole}>
          <Field
            label={words.address}
            help={words.toHelp}
            error={isPressed && !row.to?.trim() ? words.noAddress : undefined}
          >
            <TextInput
              mono
              value={row.to ?? ""}
              onChange={({ target }) => onChange({ from, to: target.value })}
            />
          </Field>
        </div>
      )}
      {channel?.paused && (
        <div className={styles.whole}>
          <ChannelPaused channel={channel} />
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
