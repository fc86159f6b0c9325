import type { MadeEndpoint } from "../../api/endpoints.ts";
import { showOnce } from "../../controls/show-once.ts";
import { texts } from "../../texts/texts.ts";
import { PreflightShown } from "./preflight-shown.tsx";

const { endpoints: words } = texts;

/** The one time that an endpoint's secret is seen; beside it what the test delivery got, where there was one. */
export function showSecret({ secret, preflight }: MadeEndpoint): void {
  showOnce({
    title: words.secretTitle,
    text: words.secretOnce,
    secret,
    copy: words.copySecret,
    about: preflight && <PreflightShown preflight={preflight} />,
  });
}
