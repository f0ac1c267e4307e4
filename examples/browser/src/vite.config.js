import { fileURLToPath } from "node:url";

import { defaultClientConditions, defineConfig } from "vite";

const page = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  // Any folder of any server will do.
  base: "./",
  // The sources of the packages, so that none has to be built first.
  resolve: { conditions: ["rtmp-source", ...defaultClientConditions] },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2023",
    // The audio worklet has to be a file.
    assetsInlineLimit: 0,
    rolldownOptions: { input: [page("publish.html"), page("play.html")] },
  },
});
