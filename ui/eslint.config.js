import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist", "node_modules", "test-results"] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  reactHooks.configs.flat.recommended,
  // "use" is how Playwright names the rest of a test, and {} how a fixture asks for nothing.
  { files: ["tests/**"], rules: { "react-hooks/rules-of-hooks": "off", "no-empty-pattern": "off" } },
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
);
