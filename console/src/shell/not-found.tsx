import { useEffect } from "react";
import { Link } from "wouter";
import { Empty } from "../controls/empty.tsx";
import { PageHeader } from "../controls/page-header.tsx";
import { pages } from "../pages/pages.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./not-found.module.css";

/** Of an address that no page has. `isAlone`: nobody is signed in, and no menu stands beside it. */
export function NotFound({ isAlone }: { isAlone?: boolean }) {
  const { title, text, action } = texts.shell.notFound;
  useEffect(() => {
    document.title = `${title} · ${texts.title}`;
  }, [title]);
  const words = (
    <>
      <PageHeader title={title} />
      <Empty title={text} action={<Link href="/">{action}</Link>}>
        <Ways />
      </Empty>
    </>
  );
  return isAlone ? <main className={styles.alone}>{words}</main> : words;
}

function Ways() {
  return (
    <nav className={styles.ways} aria-label={texts.shell.notFound.ways}>
      {pages.slice(1).map(({ name, paths }) => (
        <Link key={name} href={paths[0]}>
          {texts.pages[name]}
        </Link>
      ))}
      <a href="/docs">{texts.shell.apiReference}</a>
    </nav>
  );
}
