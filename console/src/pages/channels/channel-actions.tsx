import { useState } from "react";
import { useLocation } from "wouter";
import {
  type Channel,
  useChangeChannel,
  useCheckChannel,
  useRegisterChannel,
  useRemoveChannel,
} from "../../api/channels.ts";
import { ApiProblem } from "../../api/request.ts";
import { useLacking } from "../../content/lacking.ts";
import { Button } from "../../controls/button.tsx";
import { Confirm } from "../../controls/confirm.tsx";
import { Failed } from "../../controls/failed.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";
import { Checked } from "./checked.tsx";
import { CredentialsDialog } from "./credentials-dialog.tsx";

const { channels: words } = texts;

type Asking = "pause" | "remove" | "credentials" | undefined;

/** What may be done with a channel, and what came of it. */
export function ChannelActions({ channel }: { channel: Channel }) {
  const [asking, setAsking] = useState<Asking>();
  const off = useLacking({ scope: "manage" });
  const check = useCheckChannel(channel.id);
  const change = useChangeChannel(channel.id);
  const register = useRegisterChannel(channel.id);
  const ask = (takeOver: boolean) =>
    register.mutate(takeOver, { onSuccess: () => toast(words.done, "good") });
  const isTaken = register.error instanceof ApiProblem && register.error.code === "webhook_conflict";
  return (
    <>
      <div className={styles.actions}>
        <Button off={off} onClick={() => check.mutate()} busy={check.isPending}>
          {words.check}
        </Button>
        <Button off={off} onClick={() => ask(false)} busy={register.isPending}>
          {words.register}
        </Button>
        {channel.paused ? (
          <Button off={off} onClick={() => change.mutate({ paused: false })} busy={change.isPending}>
            {words.resume}
          </Button>
        ) : (
          <Button off={off} onClick={() => setAsking("pause")}>
            {words.pause}
          </Button>
        )}
        <Button off={off} onClick={() => setAsking("credentials")}>
          {words.rotate}
        </Button>
        <Button off={off} kind="danger" onClick={() => setAsking("remove")}>
          {words.remove}
        </Button>
      </div>
      {check.isError && <Failed problem={check.error} />}
      {change.isError && <Failed problem={change.error} />}
      {register.isError && <Failed problem={register.error} />}
      {isTaken && <Button onClick={() => ask(true)}>{words.registerTakeOver}</Button>}
      {check.data && <Checked check={check.data} />}
      <Asked asking={asking} channel={channel} onClose={() => setAsking(undefined)} />
    </>
  );
}

function Asked({ asking, channel, onClose }: { asking: Asking; channel: Channel; onClose: () => void }) {
  const change = useChangeChannel(channel.id);
  const remove = useRemoveChannel(channel.id);
  const [, go] = useLocation();
  const settled = { onSettled: onClose, onError: (error: Error) => toast(error.message, "bad") };
  const pause = () => change.mutate({ paused: true }, settled);
  const removed = () => {
    toast(words.removed(channel.name), "good");
    go("/channels");
  };
  return (
    <>
      <Confirm
        open={asking === "pause"}
        onClose={onClose}
        title={words.pauseTitle(channel.name)}
        action={words.pause}
        onConfirm={pause}
        busy={change.isPending}
      >
        {words.pauseBody}
      </Confirm>
      <Confirm
        open={asking === "remove"}
        onClose={onClose}
        title={words.removeTitle(channel.name)}
        action={words.remove}
        danger
        onConfirm={() => remove.mutate(undefined, { ...settled, onSuccess: removed })}
        busy={remove.isPending}
      >
        {words.removeBody}
      </Confirm>
      <CredentialsDialog open={asking === "credentials"} channel={channel} onClose={onClose} />
    </>
  );
}
