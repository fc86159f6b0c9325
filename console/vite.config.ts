import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // src/http/console.ts puts a nonce there, another in each answer.
  html: { cspNonce: "NONCE-OF-THIS-ANSWER" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The policy of the pages allows no inline script and no data: address but for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
    // How long its parts took on a busy machine is nothing to whoever starts the gateway.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8080", "/console": "http://127.0.0.1:8080" } },
});
