import { phones as words } from "../texts/phones.ts";
import styles from "./list-rows.module.css";
import type { Section } from "./screen.ts";

interface RowsProps {
  sections: readonly Section[];
  /** `row`: its place in the whole list. */
  onChoose(row: number, title: string): void;
}

/** The rows of a list in its sheet. One tap chooses: the app asks once more with a button of its own. */
export function ListRows({ sections, onChoose }: RowsProps) {
  const firsts = sections.map((_, index) =>
    sections.slice(0, index).reduce((sum, { rows }) => sum + rows.length, 0),
  );
  return sections.map(({ title, rows }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a section is known by its place
    <section key={index} aria-label={title ?? words.ours.list}>
      {title && (
        <h4 className={styles.section} dir="auto">
          {title}
        </h4>
      )}
      {rows.map((row, at) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: two rows may have one title
          key={at}
          {...row}
          onChoose={() => onChoose(firsts[index]! + at, row.title)}
        />
      ))}
    </section>
  ));
}

function Row({ title, description, onChoose }: Section["rows"][number] & { onChoose(): void }) {
  return (
    <button type="button" className={styles.row} onClick={onChoose}>
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
  );
}
