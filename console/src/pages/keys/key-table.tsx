import { useState } from "react";
import { useChannels } from "../../api/channels.ts";
import { type ApiKey, useRevokeKey, useRotateKey } from "../../api/keys.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { Confirm } from "../../controls/confirm.tsx";
import { DataTable } from "../../controls/data-table.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./keys.module.css";
import { showKey } from "./show-key.ts";

const { keys: words } = texts;

type Asking = { about: ApiKey; act: "rotate" | "revoke" };

/** The keys with what they may do, and what may be done with them. */
export function KeyTable({ keys }: { keys: ApiKey[] }) {
  const [asking, setAsking] = useState<Asking>();
  const nameOf = useChannelNames();
  return (
    <>
      <DataTable
        label={texts.pages.keys}
        stacks
        rows={keys}
        keyOf={({ id }) => id}
        columns={[
          { id: "name", label: words.name, cell: ({ name }) => name },
          {
            id: "scopes",
            label: words.scopes,
            cell: ({ scopes }) => scopes.map((scope) => <Badge key={scope}>{scope}</Badge>),
          },
          {
            id: "channels",
            label: words.channels,
            cell: ({ channels }) => channels?.map(nameOf).join(", ") ?? words.allChannels,
          },
          { id: "created", label: words.created, cell: ({ created_at }) => <Ago at={created_at} /> },
          {
            id: "lastUsed",
            label: words.lastUsed,
            cell: ({ last_used_at }) => (last_used_at ? <Ago at={last_used_at} /> : words.never),
          },
          {
            id: "expires",
            label: words.expires,
            cell: ({ expires_at }) => (expires_at ? <Ago at={expires_at} /> : words.never),
          },
          { id: "actions", label: words.actions, cell: (key) => <Acts of={key} onAsk={setAsking} /> },
        ]}
      />
      {asking && <Asked asking={asking} onClose={() => setAsking(undefined)} />}
    </>
  );
}

function Acts({ of, onAsk }: { of: ApiKey; onAsk: (asking: Asking) => void }) {
  return (
    <span className={styles.actions}>
      <Button onClick={() => onAsk({ about: of, act: "rotate" })}>{words.rotate}</Button>
      <Button kind="danger" onClick={() => onAsk({ about: of, act: "revoke" })}>
        {words.revoke}
      </Button>
    </span>
  );
}

function Asked({ asking: { about, act }, onClose }: { asking: Asking; onClose: () => void }) {
  const rotate = useRotateKey(showKey);
  const revoke = useRevokeKey();
  const settled = { onSettled: onClose, onError: (error: Error) => toast(error.message, "bad") };
  const done = () => {
    if (act === "rotate") rotate.mutate(about.id, settled);
    else revoke.mutate(about.id, { ...settled, onSuccess: () => toast(words.revoked(about.name), "good") });
  };
  const isRotation = act === "rotate";
  return (
    <Confirm
      open
      title={isRotation ? words.rotateTitle(about.name) : words.revokeTitle(about.name)}
      action={isRotation ? words.rotate : words.revoke}
      danger={!isRotation}
      onConfirm={done}
      busy={rotate.isPending || revoke.isPending}
      onClose={onClose}
    >
      {isRotation ? words.rotateBody : words.revokeBody}
    </Confirm>
  );
}

function useChannelNames() {
  const channels = useChannels().data?.data ?? [];
  return (id: string) => channels.find((channel) => channel.id === id)?.name ?? id;
}
