import type { ReactNode } from "react";
import { Link } from "wouter";
import { classNames } from "./class-names.ts";
import styles from "./data-table.module.css";

export interface Column<Row> {
  id: string;
  label: string;
  /** In its head instead of the label. */
  head?: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, each digit under another. */
  numeric?: boolean;
  /** Not more than it needs. */
  narrow?: boolean;
}

interface DataTableProps<Row> {
  /** What the table is of, for who does not see. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Where a row leads: its first cell becomes the link. */
  hrefOf?: (row: Row) => string;
  isCurrent?: (row: Row) => boolean;
  /** On a narrow screen each row becomes a block of lines, so that what ends it is in view. */
  stacks?: boolean;
}

/** Rows of one kind. On a narrow screen it scrolls by itself, never the page. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, keyOf, hrefOf, isCurrent, stacks } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={styles.around} aria-label={label} tabIndex={0}>
      <table className={styles.table} data-stacks={stacks || undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={classOf(column)}>
                {column.head ?? column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              className={classNames(hrefOf && styles.open)}
              aria-current={isCurrent?.(row) || undefined}
            >
              {columns.map((column, index) => (
                <td key={column.id} className={classOf(column)} data-label={column.label}>
                  {hrefOf && index === 0 ? (
                    <Link href={hrefOf(row)} className={styles.link}>
                      {column.cell(row)}
                    </Link>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function classOf(column: Pick<Column<never>, "numeric" | "narrow">): string {
  return classNames(column.numeric && styles.numeric, column.narrow && styles.narrow);
}
