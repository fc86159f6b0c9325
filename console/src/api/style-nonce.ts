/** What a style element that a script makes must carry under the page's policy: `EditorView.cspNonce.of(styleNonce())`. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
}
