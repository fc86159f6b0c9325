import { Dialog } from "../controls/dialog.tsx";
import { Switch } from "../controls/switch.tsx";
import { switchSingleKeys, useSingleKeys } from "../kept/single-keys.ts";
import { pages } from "../pages/pages.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./keys-help.module.css";
import { places } from "./places.ts";

/** Every key of the console, and the switch that turns them off. */
export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { keys } = texts.shell;
  const isOn = useSingleKeys();
  const rows: [keys: string[], does: string][] = [
    [["/"], keys.search],
    [["c"], keys.compose],
    [["?"], keys.help],
    ...pages.map(({ name }): [string[], string] => [
      ["g", places[name].letter],
      `${keys.goTo} ${texts.pages[name]}`,
    ]),
  ];
  return (
    <Dialog open={open} onClose={onClose} title={texts.shell.shortcuts}>
      <div className={styles.choice}>
        <Switch label={keys.areOn} checked={isOn} onChange={switchSingleKeys} />
        <p className={styles.help}>{keys.areOnHelp}</p>
      </div>
      <dl className={styles.list} data-off={!isOn || undefined}>
        {rows.map(([pressed, does]) => (
          <div key={does} className={styles.row}>
            <dt>{does}</dt>
            <dd>
              {pressed.map((key, index) => (
                <span key={key}>
                  {index > 0 && <span className={styles.then}> {keys.thenKey} </span>}
                  <kbd className={styles.key}>{key}</kbd>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
