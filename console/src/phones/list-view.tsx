import { phones as words } from "../texts/phones.ts";
import { useBubble } from "./bubble-context.ts";
import buttons from "./control-buttons.module.css";
import { ControlButton } from "./control-buttons.tsx";
import styles from "./list-view.module.css";
import { usePhone } from "./phone-context.ts";
import type { Control, Section } from "./screen.ts";

interface ListProps {
  control: Control;
  sections: readonly Section[];
}

/** The button under a list message, and the sheet with the rows that it opens. */
export function ListView({ control, sections }: ListProps) {
  const bubble = useBubble();
  const { act, open, close } = usePhone();
  function choose(row: number, title: string): void {
    close();
    act({ act: "choose", bubble, row, title });
  }
  function openRows(): void {
    act({ act: "open_list", bubble });
    open({ title: control.label, body: <Rows sections={sections} onChoose={choose} /> });
  }
  return (
    <div className={buttons.buttons}>
      <div className={buttons.row}>
        <ControlButton look="buttons" control={control} onTap={openRows} />
      </div>
    </div>
  );
}

interface RowsProps {
  sections: readonly Section[];
  onChoose(row: number, title: string): void;
}

function Rows({ sections, onChoose }: RowsProps) {
  let row = 0;
  return (
    <div className={styles.rows}>
      {sections.map((section) => {
        const first = row;
        row += section.rows.length;
        return (
          <section key={first} aria-label={section.title ?? words.ours.list}>
            {section.title && (
              <h4 className={styles.section} dir="auto">
                {section.title}
              </h4>
            )}
            {section.rows.map(({ title, description }, index) => (
              <button
                // biome-ignore lint/suspicious/noArrayIndexKey: two rows may have one title
                key={index}
                type="button"
                className={styles.row}
                onClick={() => onChoose(first + index, title)}
              >
                <span className={styles.words}>
                  <span className={styles.title} dir="auto">
                    {title}
                  </span>
                  {description && (
                    <span className={styles.description} dir="auto">
                      {description}
                    </span>
                  )}
                </span>
                <span className={styles.radio} />
              </button>
            ))}
          </section>
        );
      })}
    </div>
  );
}
