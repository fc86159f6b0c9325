import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { styleNonce } from "./api/style-nonce.ts";
import { forgetWithKey } from "./api/whose.ts";
import { App } from "./app.tsx";
import { applyKeptTheme } from "./controls/theme.ts";
import "./theme.css";

// What Radix asks for when it makes a style element, while a dialog is open.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
applyKeptTheme();
forgetWithKey();

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
