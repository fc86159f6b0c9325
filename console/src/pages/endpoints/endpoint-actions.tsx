import { useState } from "react";
import { useLocation } from "wouter";
import {
  type Endpoint,
  type Preflight,
  useChangeEndpoint,
  useRemoveEndpoint,
  useRotateEndpoint,
  useTestEndpoint,
} from "../../api/endpoints.ts";
import { Button } from "../../controls/button.tsx";
import { Confirm } from "../../controls/confirm.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";
import { showSecret } from "./show-secret.tsx";

const { endpoints: words } = texts;

interface EndpointActionsProps {
  endpoint: Endpoint;
  /** It was switched on, and tried. */
  onTried: (preflight: Preflight) => void;
}

/** What may be done with an endpoint. */
export function EndpointActions({ endpoint, onTried }: EndpointActionsProps) {
  const [asking, setAsking] = useState<"rotate" | "remove">();
  const change = useChangeEndpoint(endpoint.id);
  const test = useTestEndpoint(endpoint.id);
  const isOn = endpoint.enabled && !endpoint.disabled;
  const fail = { onError: (error: Error) => toast(error.message, "bad") };
  const sendTest = () => test.mutate(undefined, { ...fail, onSuccess: () => toast(words.tested, "good") });
  const turn = () =>
    change.mutate(
      { enabled: !isOn },
      { ...fail, onSuccess: ({ preflight }) => preflight && onTried(preflight) },
    );
  return (
    <div className={styles.actions}>
      <Button onClick={sendTest} busy={test.isPending} off={isOn ? undefined : words.testOff}>
        {words.test}
      </Button>
      <Button onClick={turn} busy={change.isPending}>
        {isOn ? words.switchOff : words.switchOn}
      </Button>
      <Button onClick={() => setAsking("rotate")}>{words.rotate}</Button>
      <Button kind="danger" onClick={() => setAsking("remove")}>
        {words.remove}
      </Button>
      {!isOn && <p className={styles.soft}>{words.testOff}</p>}
      <Asked asking={asking} endpoint={endpoint} onClose={() => setAsking(undefined)} />
    </div>
  );
}

interface AskedProps {
  endpoint: Endpoint;
  asking?: "rotate" | "remove";
  onClose: () => void;
}

function Asked({ asking, endpoint, onClose }: AskedProps) {
  const rotate = useRotateEndpoint(endpoint.id, showSecret);
  const remove = useRemoveEndpoint(endpoint.id);
  const [, go] = useLocation();
  const settled = { onSettled: onClose, onError: (error: Error) => toast(error.message, "bad") };
  const removed = () => {
    toast(words.removed, "good");
    go("/endpoints");
  };
  return (
    <>
      <Confirm
        open={asking === "rotate"}
        onClose={onClose}
        title={words.rotateTitle}
        action={words.rotate}
        onConfirm={() => rotate.mutate(undefined, settled)}
        busy={rotate.isPending}
      >
        {words.rotateBody}
      </Confirm>
      <Confirm
        open={asking === "remove"}
        onClose={onClose}
        title={words.removeTitle}
        action={words.remove}
        danger
        onConfirm={() => remove.mutate(undefined, { ...settled, onSuccess: removed })}
        busy={remove.isPending}
      >
        {words.removeBody}
      </Confirm>
    </>
  );
}
