import { useFaults, useLiftFaults } from "../../api/simulator.ts";
import { useLacking } from "../../content/lacking.ts";
import { Button } from "../../controls/button.tsx";
import { Icon } from "../../controls/icon.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./fault-panel.module.css";

const words = texts.people.faults;

/** Over the phones, so that nobody wonders: which faults are on. */
export function FaultsOn() {
  const on = useFaults().data?.data ?? [];
  const lift = useLiftFaults();
  const lacking = useLacking({ scope: "manage" });
  if (on.length === 0) return null;
  const names = on.map(({ kind, platform }) => {
    const where = platform ? ` (${phones.names[platform]})` : "";
    return `${words.kinds[kind].name}${where}`;
  });
  return (
    <p className={styles.on} role="status">
      <Icon name="alert" />
      <span className={styles.names}>
        {on.length} {on.length === 1 ? words.is : words.are}: {names.join(", ")}
      </span>
      <Button small off={lacking} onClick={() => lift.mutate()}>
        {words.lift}
      </Button>
    </p>
  );
}
