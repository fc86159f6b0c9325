import { Link } from "wouter";
import { Empty } from "../controls/empty.tsx";
import { PageHeader } from "../controls/page-header.tsx";
import { texts } from "../texts/texts.ts";

/** Of an address that no page has. */
export function NotFound() {
  const { title, text, action } = texts.shell.notFound;
  return (
    <>
      <PageHeader title={title} />
      <Empty title={text} action={<Link href="/">{action}</Link>} />
    </>
  );
}
