import { Dialog } from "../controls/dialog.tsx";
import { pages } from "../pages/pages.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./keys-help.module.css";
import { places } from "./places.ts";

/** Every key of the console. */
export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { keys } = texts.shell;
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
      <dl className={styles.list}>
        {rows.map(([pressed, does]) => (
          <div key={does} className={styles.row}>
            <dt>{does}</dt>
            <dd>
              {pressed.map((key, index) => (
                <span key={key}>
                  {index > 0 && <span className={styles.then}>{keys.thenKey}</span>}
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
