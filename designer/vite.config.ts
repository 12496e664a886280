import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Vitest brings the types of Vite's own configuration with it.
export default defineConfig({
  plugins: [react()],
  base: "./",
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 1500 },
  worker: { format: "es" },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/v1": "http://127.0.0.1:8000" } },
  test: { environment: "node", testTimeout: 60_000, setupFiles: ["chance.ts"], include: ["src/**/*.test.{ts,tsx}"] },
});
