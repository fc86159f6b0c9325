import type { UseQueryResult } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { Link, useParams } from "wouter";
import type { List } from "../api/list.ts";
import { Button } from "./button.tsx";
import { Empty } from "./empty.tsx";
import { Failed } from "./failed.tsx";
import styles from "./list-beside.module.css";
import { Loading } from "./loading.tsx";
import { PageHeader } from "./page-header.tsx";

interface Words {
  intro: string;
  add: string;
  emptyTitle: string;
  emptyBody: string;
  /** What the address names is not in the list. */
  gone: string;
  /** Back to the list, where there is no room for both. */
  back: string;
}

interface ListBesideProps<Row extends { id: string }> {
  title: string;
  /** Where the page is; behind it in the address stands the chosen row's id. */
  path: string;
  words: Words;
  asked: UseQueryResult<List<Row>>;
  onAdd: () => void;
  /** Why nothing may be added. */
  addOff?: string;
  /** Another name by which the address may know a row. */
  isNamed?: (row: Row, name: string) => boolean;
  item: (row: Row) => ReactNode;
  /** A `Detail`. */
  detail: (row: Row) => ReactNode;
}

const Back = createContext<{ href: string; label: string } | undefined>(undefined);

/** A page of things that one adds: the list, and beside it the one that the address names. Where it is narrow, one of both. */
export function ListBeside<Row extends { id: string }>(props: ListBesideProps<Row>) {
  const { title, path, words, asked, onAdd, addOff } = props;
  const add = (
    <Button kind="primary" icon="plus" onClick={onAdd} off={addOff}>
      {words.add}
    </Button>
  );
  return (
    <Back value={{ href: path, label: words.back }}>
      <PageHeader title={title} subtitle={words.intro} actions={add} />
      {asked.data && addOff && <p className={styles.off}>{addOff}</p>}
      {asked.isPending && <Loading />}
      {asked.isError && <Failed problem={asked.error} onRetry={() => asked.refetch()} />}
      {asked.data?.data.length === 0 && (
        <Empty title={words.emptyTitle} action={add}>
          {words.emptyBody}
        </Empty>
      )}
      {asked.data && asked.data.data.length > 0 && <Columns {...props} rows={asked.data.data} />}
    </Back>
  );
}

function Columns<Row extends { id: string }>(props: ListBesideProps<Row> & { rows: readonly Row[] }) {
  const { title, path, words, rows, isNamed, item, detail } = props;
  const { id } = useParams<{ id?: string }>();
  const chosen = id === undefined ? undefined : rows.find((row) => row.id === id || isNamed?.(row, id));
  return (
    <div className={styles.columns} data-open={id !== undefined || undefined}>
      <nav aria-label={title} className={styles.list}>
        {rows.map((row) => (
          <Link
            key={row.id}
            href={`${path}/${row.id}`}
            className={styles.item}
            aria-current={row === chosen || undefined}
          >
            {item(row)}
          </Link>
        ))}
      </nav>
      {chosen && detail(chosen)}
      {id !== undefined && !chosen && (
        <Empty title={words.gone} action={<Link href={path}>{words.back}</Link>} />
      )}
    </div>
  );
}

interface DetailProps {
  title: string;
  /** Beside the title: how it is. */
  state: ReactNode;
  children: ReactNode;
}

/** The one that is chosen, under its name. */
export function Detail({ title, state, children }: DetailProps) {
  const back = useContext(Back);
  return (
    <article className={styles.detail} aria-label={title}>
      <header className={styles.title}>
        {back && (
          <Link href={back.href} className={styles.back}>
            {back.label}
          </Link>
        )}
        <h2 dir="auto">{title}</h2>
        {state}
      </header>
      {children}
    </article>
  );
}
