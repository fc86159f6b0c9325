import { Link } from "wouter";
import { useMe } from "../api/me.ts";
import { classNames } from "../controls/class-names.ts";
import { Icon } from "../controls/icon.tsx";
import { Menu } from "../controls/menu.tsx";
import { type PageEntry, pages } from "../pages/pages.tsx";
import { texts } from "../texts/texts.ts";
import { useAccountItems } from "./account.tsx";
import { LiveMark } from "./live-mark.tsx";
import styles from "./menu.module.css";
import { places } from "./places.ts";

/** On a narrow screen so many stand in the bar; the others behind "More". */
const inBar = 4;

interface SideMenuProps {
  current: PageEntry["name"] | undefined;
  onHelp: () => void;
  go: (path: string) => void;
}

/** The menu: at the side, or a bar at the foot of a narrow screen. */
export function SideMenu({ current, onHelp, go }: SideMenuProps) {
  const { data: me } = useMe();
  const account = useAccountItems(onHelp);
  const rest = pages.slice(inBar);
  return (
    <div className={styles.side}>
      <Link href="/" className={styles.brand}>
        <Mark />
        {texts.title}
      </Link>
      <nav className={styles.nav} aria-label={texts.shell.menu}>
        {pages.map(({ name, paths }, index) => (
          <Link
            key={name}
            href={paths[0]}
            className={classNames(styles.link, index >= inBar && styles.notInBar)}
            aria-current={name === current ? "page" : undefined}
          >
            <Icon name={places[name].icon} />
            <span className={styles.label}>{texts.pages[name]}</span>
          </Link>
        ))}
      </nav>
      <div className={styles.more}>
        <Menu
          trigger={
            <button
              type="button"
              className={styles.link}
              data-current={rest.some(({ name }) => name === current) || undefined}
            >
              <Icon name="menu" />
              <span className={styles.label}>{texts.shell.more}</span>
            </button>
          }
          items={[
            ...rest.map(({ name, paths }) => ({
              label: texts.pages[name],
              icon: places[name].icon,
              onSelect: () => go(paths[0]),
            })),
            "line" as const,
            ...account,
          ]}
        />
      </div>
      <div className={styles.foot}>
        <LiveMark />
        <Menu
          align="start"
          trigger={
            <button type="button" className={styles.account}>
              <span className={styles.who}>{me?.key.name ?? texts.shell.account}</span>
              <Icon name="chevron-up" size={13} />
            </button>
          }
          items={account}
        />
      </div>
    </div>
  );
}

/** The two voices. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width={22} height={22} aria-hidden="true" className={styles.mark}>
      <path d="M4 4h15a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5h-7l-6 5v-5H4z" data-voice="first" />
      <path d="M28 12v10a4 4 0 0 1-4 4h-1v4l-5-4h-6" data-voice="second" />
    </svg>
  );
}
