import { useMemo } from "react";
import type { Call, PlatformName } from "../../../../src/core/platform.ts";
import { Phone } from "../../phones/phone.tsx";
import { screenOfCalls } from "../../phones/screen-of-calls.ts";
import { texts } from "../../texts/texts.ts";

/** What the app shows of the calls that its platform would get. */
export function PhoneOf({ platform, calls }: { platform: PlatformName; calls: readonly Call[] }) {
  const screen = useMemo(() => screenOfCalls(platform, calls), [platform, calls]);
  return <Phone screen={screen} name={texts.compose.business} />;
}
