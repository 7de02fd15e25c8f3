import { defineConfig } from "vite";

// Streamlit imports the bundle as a module and calls its default export, so the entry's exports must survive;
// lib mode would keep them too, but leaves the white space in.
export default defineConfig({
  base: "./",
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "../frontend_dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 800,
    rollupOptions: {
      input: "src/main.tsx",
      preserveEntrySignatures: "strict",
      // "use client" speaks to servers that render React; there is none.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
      output: { entryFileNames: "canvas-[hash].js" },
    },
  },
});
