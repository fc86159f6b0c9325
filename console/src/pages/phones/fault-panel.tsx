import {
  type FaultOrder,
  faultKinds,
  useAddFault,
  useFaults,
  useLiftFault,
  useLiftFaults,
} from "../../api/simulator.ts";
import { useLacking } from "../../content/lacking.ts";
import { Button } from "../../controls/button.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { Switch } from "../../controls/switch.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { toast } from "../../controls/toast.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./fault-panel.module.css";
import { stateOf } from "./fault-state.ts";

const words = texts.people.faults;
/** Where and how often the next fault that is switched on is to strike. */
export interface FaultWish {
  platform: "" | NonNullable<FaultOrder["platform"]>;
  frequency: Often;
  seed: string;
}
export const firstWish: FaultWish = { platform: "", frequency: "always", seed: "1" };

interface FaultPanelProps {
  wish: FaultWish;
  onWish(wish: FaultWish): void;
}

type Often = "always" | "once" | "three" | "ten" | "half";
const often: Record<Often, Partial<FaultOrder>> = {
  always: {},
  once: { count: 1 },
  three: { count: 3 },
  ten: { count: 10 },
  half: { rate: 0.5 },
};

/** Every fault with a switch: how often the next one that is switched on strikes, and where, is chosen above. */
export function FaultPanel({ wish, onWish }: FaultPanelProps) {
  const { data, error, refetch } = useFaults();
  const add = useAddFault();
  const lift = useLiftFault();
  const liftAll = useLiftFaults();
  const lacking = useLacking({ scope: "manage" });
  const { platform, frequency, seed } = wish;
  const on = data?.data ?? [];
  const isSeed = /^\d{1,9}$/.test(seed);
  const said = { onError: (problem: Error) => toast(problem.message, "bad") };
  const change = (kind: FaultOrder["kind"], isOn: boolean) => {
    if (!isOn) for (const fault of on.filter((one) => one.kind === kind)) lift.mutate(fault.id, said);
    else {
      const drawn = frequency === "half" ? { seed: Number(seed) } : {};
      add.mutate({ kind, ...(platform && { platform }), ...often[frequency], ...drawn }, said);
    }
  };
  if (error && !data) return <Failed problem={error} onRetry={() => void refetch()} />;
  return (
    <div className={styles.panel}>
      <p className={styles.intro}>{words.intro}</p>
      {lacking && <p className={styles.intro}>{lacking}</p>}
      <div className={styles.wish}>
        <Field label={words.platform}>
          <Select
            value={platform}
            onChange={(next) => onWish({ ...wish, platform: next })}
            options={[
              { value: "", label: words.every },
              ...Object.entries(phones.names).map(([value, label]) => ({
                value: value as keyof typeof phones.names,
                label,
              })),
            ]}
          />
        </Field>
        <Field label={words.count}>
          <Select
            value={frequency}
            onChange={(next) => onWish({ ...wish, frequency: next })}
            options={(Object.keys(often) as Often[]).map((value) => ({ value, label: words[value] }))}
          />
        </Field>
        {frequency === "half" && (
          <Field label={words.seed} help={words.seedHelp} error={isSeed ? undefined : words.seedWrong}>
            <TextInput
              inputMode="numeric"
              value={seed}
              onChange={(event) => onWish({ ...wish, seed: event.target.value })}
            />
          </Field>
        )}
      </div>
      <ul className={styles.faults}>
        {faultKinds.map((kind) => {
          const struck = on.filter((fault) => fault.kind === kind);
          return (
            <li key={kind} className={styles.fault} data-on={struck.length > 0}>
              <Switch
                label={words.kinds[kind].name}
                checked={struck.length > 0}
                disabled={lacking !== undefined || (struck.length === 0 && frequency === "half" && !isSeed)}
                onChange={(isOn) => change(kind, isOn)}
              />
              <p className={styles.says}>{words.kinds[kind].says}</p>
              {struck.map((fault) => (
                <p key={fault.id} className={styles.state}>
                  {stateOf(fault)}
                </p>
              ))}
            </li>
          );
        })}
      </ul>
      <Button
        icon="close"
        off={lacking}
        disabled={on.length === 0}
        onClick={() => liftAll.mutate(undefined, said)}
      >
        {words.lift}
      </Button>
    </div>
  );
}
