// How the screens are built: into dist/app, each file with its digest in its name and a small copy beside it.
// Nothing is loaded from anywhere else; the program serves these files from inside itself.
import { brotliCompressSync, constants } from "node:zlib";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

const OUT = "dist/app";
const SMALLER = /\.(html|js|css|svg|json|webmanifest)$/;

function small(): Plugin {
  const each = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? each(path) : [path];
    });
  return {
    name: "small-copies",
    apply: "build",
    closeBundle() {
      for (const path of each(OUT).filter((path) => SMALLER.test(path))) {
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false }), small()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 1200,
  },
});
