import { createHash } from "node:crypto";
import type { Operation } from "./operation.ts";

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
article { padding: .75rem 0; border-bottom: 1px solid var(--line); }
code { font: 14px/1.4 ui-monospace, monospace; background: var(--soft); padding: .1rem .3rem; border-radius: .25rem; }
.method { display: inline-block; min-width: 5rem; font-weight: 600; text-transform: uppercase; }
dl { margin: .5rem 0 0 5.25rem; } dt { float: left; clear: left; margin-right: .5rem; } article p { margin: .25rem 0 0 5.25rem; }
`;

/** No script, no image, no frame: only this page's own style. */
export const docsPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The reference as one plain page; `/openapi.json` has the schemas. */
export function docsPage(operations: readonly Operation[]): string {
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  const sections = tags.map((tag) =>
    section(
      tag,
      operations.filter((operation) => operation.tag === tag),
    ),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Antiphon API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>
<h1>Antiphon API</h1>
<p>Send <code>Authorization: Bearer &lt;key&gt;</code>. The request schemas are in <a href="/openapi.json">openapi.json</a>;
errors are <code>application/problem+json</code> and list every mistake at once.</p>
${sections.join("\n")}</body></html>`;
}

function section(tag: string, operations: Operation[]): string {
  return `<h2>${escaped(tag)}</h2>\n${operations.map(article).join("\n")}`;
}

function article({ method, path, summary, answer, query, scope }: Operation): string {
  const terms = Object.entries(query ?? {}).map(
    ([name, says]) => `<dt><code>${escaped(name)}</code></dt><dd>${escaped(says)}</dd>`,
  );
  return `<article><span class="method">${method}</span> <code>${escaped(path)}</code>
<p>${prose(summary)} Answers ${answer.status}: ${prose(answer.says)} ${scope === "open" ? "No key." : `Scope: <code>${scope}</code>.`}</p>${terms.length > 0 ? `<dl>${terms.join("")}</dl>` : ""}</article>`;
}

/** Text for the page; what stands in backticks becomes code. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
