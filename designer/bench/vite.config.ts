import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Built by `make bench` into a folder of its own, with the React Flow that the designer has; never part of dist/.
export default defineConfig({ root: import.meta.dirname, base: "./", plugins: [react()], build: { target: "es2022", emptyOutDir: true } });
