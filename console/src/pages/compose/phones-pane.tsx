import { memo, useEffect, useRef } from "react";
import type { Adaptation } from "../../../../src/core/adaptation.ts";
import type { Policy } from "../../../../src/core/message.ts";
import type { PlatformName } from "../../../../src/core/platform.ts";
import type { PlatformPreview } from "../../../../src/core/preview.ts";
import { refusalOf } from "../../content/refusal.ts";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import { platformNames } from "./judge.ts";
import { LedgerOf } from "./ledger.tsx";
import { PhoneOf } from "./phone-of.tsx";
import styles from "./phones-pane.module.css";
import { drawn } from "./redraw-time.ts";
import { lightTexts } from "./step-light.ts";

const words = texts.compose;

interface PhonesPaneProps {
  previews?: Record<PlatformName, PlatformPreview>;
  policy: Policy;
  /** True while what is written has problems: the pictures are of before. */
  stale: boolean;
  /** The texts of what a step changed. */
  lit?: { platform: PlatformName; texts: readonly string[] };
  onLight(platform: PlatformName, paths: readonly string[]): void;
  onGo(path: string): void;
}

/** The message on four phones, each with what its platform made of it. */
export function PhonesPane({ previews, policy, stale, lit, onLight, onGo }: PhonesPaneProps) {
  const around = useRef<HTMLElement>(null);
  useEffect(() => drawn(previews), [previews]);
  useEffect(() => {
    const phone = lit && around.current?.querySelector(`[data-phone="${lit.platform}"]`);
    return phone ? lightTexts(phone, lit.texts) : undefined;
  }, [lit]);
  if (!previews) return <p className={styles.empty}>{words.problems.empty}</p>;
  return (
    <section ref={around} className={styles.around} aria-label={words.phonesLabel}>
      {stale && <p className={styles.note}>{words.problems.stale}</p>}
      <div className={styles.phones} data-stale={stale || undefined}>
        {platformNames.map((name) => (
          <PlatformCard key={name} preview={previews[name]} policy={policy} onLight={onLight} onGo={onGo} />
        ))}
      </div>
    </section>
  );
}

interface PlatformCardProps {
  preview: PlatformPreview;
  policy: Policy;
  onLight(platform: PlatformName, paths: readonly string[]): void;
  onGo(path: string): void;
}

const PlatformCard = memo(function PlatformCard({ preview, policy, onLight, onGo }: PlatformCardProps) {
  const { platform } = preview;
  return (
    <article className={styles.platform} aria-label={phones.names[platform]} data-platform={platform}>
      <div className={styles.phone} data-phone={platform}>
        {"code" in preview ? (
          <Refused {...{ preview, policy }} />
        ) : (
          <PhoneOf platform={platform} calls={preview.calls} />
        )}
      </div>
      <LedgerOf preview={preview} onLight={(paths) => onLight(platform, paths)} onGo={onGo} />
    </article>
  );
});

function Refused({ preview, policy }: { preview: PlatformPreview; policy: Policy }) {
  const { platform } = preview;
  const adaptation = preview.adaptation as Adaptation | undefined;
  const refusal = adaptation && refusalOf(platform, policy, adaptation);
  return (
    <div className={styles.refused}>
      <p className={styles.refusedTitle}>{refusal?.why ?? ("detail" in preview ? preview.detail : "")}</p>
      {refusal?.because.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p>{refusal?.way}</p>
    </div>
  );
}
