import { type ReactNode, Suspense, useState } from "react";
import { useLocation } from "wouter";
import { Loading } from "../controls/loading.tsx";
import { texts } from "../texts/texts.ts";
import { useArrival } from "./arrival.ts";
import { CrashGuard } from "./crash-guard.tsx";
import styles from "./frame.module.css";
import { useKeyboard } from "./keyboard.ts";
import { KeysHelp } from "./keys-help.tsx";
import { AwayBanner } from "./live-mark.tsx";
import { SideMenu } from "./menu.tsx";
import { pageAt } from "./places.ts";

/** The menu, and the page beside it. */
export function Frame({ children }: { children: ReactNode }) {
  const [location, go] = useLocation();
  const [isHelping, setHelping] = useState(false);
  const current = pageAt(location);
  useArrival(current, current ? texts.pages[current] : texts.shell.notFound.title);
  useKeyboard({ go, onHelp: () => setHelping(true) });
  return (
    <div className={styles.frame}>
      <a href="#page" className={styles.skip}>
        {texts.shell.skip}
      </a>
      <SideMenu current={current} go={go} onHelp={() => setHelping(true)} />
      <main id="page" tabIndex={-1} className={styles.main}>
        <AwayBanner />
        <CrashGuard place={location}>
          <Suspense fallback={<Loading />}>{children}</Suspense>
        </CrashGuard>
      </main>
      <KeysHelp open={isHelping} onClose={() => setHelping(false)} />
    </div>
  );
}
