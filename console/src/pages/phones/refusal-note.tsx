import type { Adaptation } from "../../../../src/core/adaptation.ts";
import type { Policy } from "../../../../src/core/message.ts";
import type { PlatformName } from "../../../../src/core/platform.ts";
import type { ApiProblem } from "../../api/request.ts";
import { defaultPolicy, policyOf } from "../../content/policy-choice.tsx";
import { refusalOf } from "../../content/refusal.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./station.module.css";

const { refused, away } = texts.sending;

/** Why a message is not on this phone, and what would bring it there. */
export function RefusalNote({ platform, problem }: { platform: PlatformName; problem: ApiProblem }) {
  return (
    <p className={styles.refusal} role="alert">
      <strong>{problem.status === 0 ? away.badge : refused.title}.</strong> {sentences(platform, problem)}
    </p>
  );
}

function sentences(platform: PlatformName, { code, body, errors, message }: ApiProblem): string {
  const adaptation = body.adaptation as Adaptation | undefined;
  if (code !== "not_representable" || !adaptation) return errors[0]?.message ?? message;
  const policy: Policy = policyOf(errors[0]?.limit) ?? defaultPolicy;
  const { why, because, way } = refusalOf(platform, policy, adaptation);
  return [why, ...because, way].join(" ");
}
