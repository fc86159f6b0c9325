import type { SimulatedAccountTold } from "../../../../src/core/simulated-account.ts";
import { type PlatformName, useCapabilities } from "../../api/capabilities.ts";
import { useChannels } from "../../api/channels.ts";
import { useMakeSimulatedAccount, useSimulatedAccounts } from "../../api/simulator.ts";
import { Button } from "../../controls/button.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Field } from "../../controls/field.tsx";
import { Select } from "../../controls/select.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";

const { channels: words } = texts;

interface SimulatedAccountProps {
  platform: PlatformName;
  /** Natural id of the one that the form is filled in with; empty: none. */
  chosen: string;
  onChoose: (account: SimulatedAccountTold | undefined) => void;
}

/** Fills the form in with an account of the simulator, one that is there or a new one. */
export function SimulatedAccount({ platform, chosen, onChoose }: SimulatedAccountProps) {
  const asked = useSimulatedAccounts(true);
  const make = useMakeSimulatedAccount();
  const titles = useCapabilities().data?.data ?? [];
  const connected = new Set(
    useChannels().data?.data.map((channel) => accountKey(channel.platform, channel.natural_id)),
  );
  const accounts = asked.data?.data ?? [];
  const titleOf = (name: PlatformName) => titles.find((one) => one.platform === name)?.title ?? name;
  const labelOf = (account: SimulatedAccountTold) => {
    const shown = account.username ?? account.display_phone_number ?? account.id;
    const isThere = connected.has(accountKey(account.platform, account.id));
    return [titleOf(account.platform), shown, isThere && words.isConnected].filter(Boolean).join(" · ");
  };
  return (
    <div className={styles.simulated}>
      <Field label={words.fillIn} help={words.fillInHelp}>
        <Select
          value={chosen}
          onChange={(id) =>
            onChoose(accounts.find((account) => accountKey(account.platform, account.id) === id))
          }
          options={[
            { value: "", label: words.notSimulated },
            ...accounts.map((account) => ({
              value: accountKey(account.platform, account.id),
              label: labelOf(account),
              disabled: connected.has(accountKey(account.platform, account.id)),
            })),
          ]}
        />
      </Field>
      <Button
        small
        icon="plus"
        busy={make.isPending}
        onClick={() => make.mutate(platform, { onSuccess: onChoose })}
      >
        {words.makeSimulated(titleOf(platform))}
      </Button>
      {asked.isError && <Failed problem={asked.error} onRetry={() => asked.refetch()} />}
      {make.isError && <Failed problem={make.error} />}
    </div>
  );
}

/** Of an account among all platforms'. */
export function accountKey(platform: PlatformName, id: string): string {
  return `${platform}:${id}`;
}
