import type { ReactNode } from "react";
import { Link } from "wouter";
import { Card } from "../../controls/card.tsx";
import styles from "./overview.module.css";

interface PanelProps {
  title: string;
  help?: string;
  /** The list that it sums up. */
  to?: { href: string; label: string };
  /** As wide as the page. */
  isWide?: boolean;
  children: ReactNode;
}

/** A part of the overview, under a heading that leads on. */
export function Panel({ title, help, to, isWide, children }: PanelProps) {
  return (
    <Card
      className={isWide ? styles.wide : undefined}
      title={title}
      actions={to && <Link href={to.href}>{to.label}</Link>}
    >
      {help && <p className={styles.help}>{help}</p>}
      {children}
    </Card>
  );
}
