import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The running server that the development page talks to.
const server = process.env.MODELYARD_URL ?? "http://127.0.0.1:5000";
const served = ["/api", "/ajax-api", "/get-artifact", "/model-versions", "/predict"];

export default defineConfig({
  plugins: [react()],
  server: { proxy: Object.fromEntries(served.map((path) => [path, { target: server, changeOrigin: true }])) },
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 700 },
});
