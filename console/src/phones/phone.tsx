import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { PlatformName } from "../../../src/core/platform.ts";
import { phones as words } from "../texts/phones.ts";
import { BubbleView } from "./bubble-view.tsx";
import { ChatHeader } from "./chat-header.tsx";
import { InputBar } from "./input-bar.tsx";
import { OpenSheetView } from "./open-sheet.tsx";
import styles from "./phone.module.css";
import { type OpenSheet, type PhoneAround, PhoneContext } from "./phone-context.ts";
import type { Bubble, PhoneAct, Screen } from "./screen.ts";
import skins from "./skins.module.css";
import { QuickReplies, ReplyKeyboard } from "./tray.tsx";

export interface PhoneProps {
  screen: Screen;
  /** Who the person is writing with: the name of the business. */
  name: string;
  /** As the page around it, where none is given. */
  theme?: "light" | "dark";
  /** Without it a phone is a picture: lists open, cards scroll, and no tap goes anywhere. */
  onAct?(act: PhoneAct): void;
  /** Keeps the newest message in sight, as a live chat does. */
  follow?: boolean;
  /** What to say in a chat without messages. */
  empty?: ReactNode;
}

/** A chat as the person sees it in that platform's app. It loads nothing and opens nothing. */
export function Phone({ screen, name, theme, onAct, follow = false, empty }: PhoneProps) {
  const { platform, quickReplies, keyboard } = screen;
  const bubbles = useKept(screen.bubbles);
  const [sheet, setSheet] = useState<OpenSheet>();
  const around = useAround(platform, setSheet, onAct);
  const chat = useFollowing(follow, bubbles);
  const isThere = sheet?.kind !== "list" || hasList(bubbles, sheet.bubble);
  return (
    <PhoneContext value={around}>
      <section
        className={`${styles.phone} ${skins[platform]}`}
        data-platform={platform}
        data-theme={theme}
        aria-label={`${words.names[platform]}: ${name}`}
      >
        <div className={styles.screen} inert={sheet !== undefined && isThere}>
          <ChatHeader platform={platform} name={name} />
          <section
            ref={chat}
            data-chat
            data-readable
            className={styles.chat}
            aria-label={words.ours.chat}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
            tabIndex={0}
          >
            {bubbles.length === 0 && <p className={styles.empty}>{empty ?? words.ours.empty}</p>}
            <ul className={styles.bubbles}>
              {bubbles.map((bubble, index) => (
                <BubbleView
                  key={bubble.id}
                  bubble={bubble}
                  follows={bubbles[index - 1]?.from === bubble.from}
                />
              ))}
            </ul>
          </section>
          {quickReplies && <QuickReplies {...quickReplies} />}
          <InputBar platform={platform} onSay={onAct && ((text) => onAct({ act: "say", text }))} />
          {keyboard && <ReplyKeyboard {...keyboard} />}
        </div>
        {sheet && isThere && <OpenSheetView sheet={sheet} bubbles={bubbles} />}
      </section>
    </PhoneContext>
  );
}

/** A list that has left the screen takes its sheet along. */
function hasList(bubbles: readonly Bubble[], id: string): boolean {
  return bubbles.some((bubble) => bubble.id === id && bubble.parts.some(({ kind }) => kind === "list"));
}

/** Bubbles that say the same stay the same object, so that only what changed is drawn. */
function useKept(bubbles: readonly Bubble[]): readonly Bubble[] {
  const kept = useRef(new Map<string, { json: string; bubble: Bubble }>());
  return useMemo(() => {
    const before = kept.current;
    const now = new Map<string, { json: string; bubble: Bubble }>();
    for (const bubble of bubbles) {
      const json = JSON.stringify(bubble);
      const known = before.get(bubble.id);
      now.set(bubble.id, known?.json === json ? known : { json, bubble });
    }
    kept.current = now;
    return [...now.values()].map((one) => one.bubble);
  }, [bubbles]);
}

/** The same object as long as the platform is: what hangs on it is not drawn again for a new `onAct`. */
function useAround(
  platform: PlatformName,
  setSheet: (sheet: OpenSheet | undefined) => void,
  onAct: PhoneProps["onAct"],
): PhoneAround {
  const latest = useRef(onAct);
  useEffect(() => {
    latest.current = onAct;
  });
  const act = useCallback((done: PhoneAct) => latest.current?.(done), []);
  const isLive = onAct !== undefined;
  return useMemo(
    () => ({ platform, isLive, act, open: setSheet, close: () => setSheet(undefined) }),
    [platform, isLive, act, setSheet],
  );
}

function useFollowing(follow: boolean, bubbles: readonly Bubble[]) {
  const chat = useRef<HTMLElement>(null);
  const newest = bubbles.at(-1)?.id;
  useEffect(() => {
    if (follow && newest !== undefined) chat.current?.scrollTo({ top: chat.current.scrollHeight });
  }, [follow, newest]);
  return chat;
}
