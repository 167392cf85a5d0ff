import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const onlyTheBackendTouchesTauri = {
  "no-restricted-imports": [
    "error",
    { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/lib/backend talks to Tauri." }] },
  ],
};

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/lib/backend/generated/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { rules: { "no-undef": "off", "@typescript-eslint/no-non-null-assertion": "off", ...onlyTheBackendTouchesTauri } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    rules: { "svelte/no-at-html-tags": "error" },
  },
  { files: ["src/lib/backend/**"], rules: { "no-restricted-imports": "off" } },
);
