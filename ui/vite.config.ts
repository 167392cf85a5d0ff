import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  resolve: { alias: { $lib: "/src/lib" } },
  // A test looks at the pictures that the app draws.
  server: { port: 1420, strictPort: true, fs: { allow: [".", "../crates/charts/tests/snapshots"] } },
  build: {
    target: "safari18",
    // Everything is a file of its own: the window's content policy allows no inline font, style or script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
    // Style sheets are read by tests as they are.
    css: { include: [/\.css\?raw$/] },
  },
});
