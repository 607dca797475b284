import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  { files: ["js/**/*.js"], languageOptions: { globals: { ...globals.browser } } },
  {
    files: ["js/worker.js", "js/service_worker.js"],
    languageOptions: { globals: { ...globals.worker, ...globals.serviceworker } },
  },
  { files: ["js/**/*.mjs"], languageOptions: { globals: { ...globals.node } } },
  {
    files: ["static/*.js"],
    languageOptions: { globals: { ...globals.browser }, sourceType: "script", ecmaVersion: 5 },
  },
];
