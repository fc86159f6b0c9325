import { Component, type ReactNode } from "react";
import { Button } from "../controls/button.tsx";
import { Empty } from "../controls/empty.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./crash-guard.module.css";

interface CrashGuardProps {
  /** Another place: what failed elsewhere is not shown there. */
  place: string;
  children: ReactNode;
}

/** A page that fails leaves the menu standing, and says what to do. React has no way but a class. */
export class CrashGuard extends Component<CrashGuardProps, { error?: Error; place?: string }> {
  override state: { error?: Error; place?: string } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  static getDerivedStateFromProps({ place }: CrashGuardProps, state: { error?: Error; place?: string }) {
    return state.place === place ? null : { place, error: undefined };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const { title, text, stale, action } = texts.shell.crashed;
    // A page's script that is not there any more: another was built since.
    const isStale = /dynamically imported module|Importing a module script failed/i.test(error.message);
    return (
      <div role="alert">
        <Empty
          title={title}
          action={
            <Button kind="primary" onClick={() => location.reload()}>
              {action}
            </Button>
          }
        >
          {isStale ? stale : text}
          {!isStale && <pre className={styles.error}>{error.message}</pre>}
        </Empty>
      </div>
    );
  }
}
