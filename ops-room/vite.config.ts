// How the screens are built: into dist/app, each file with its digest in its name and a small copy beside it.
// Nothing is loaded from anywhere else; the program serves these files from inside itself.
import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

const OUT = "dist/app";
const SMALLER = /\.(html|js|css|svg|json|webmanifest)$/;

/** Larger files are asked for where there is a network: the map. */
const OFFLINE_MOST = 300_000;

/** Tells the service worker which files the screens are. */
function offline(): Plugin {
  return {
    name: "offline-list",
    apply: "build",
    closeBundle() {
      const assets = readdirSync(join(OUT, "assets")).filter((name) => statSync(join(OUT, "assets", name)).size <= OFFLINE_MOST);
      const files = ["/", "/icon.svg", "/manifest.webmanifest", ...assets.sort().map((name) => `/assets/${name}`)];
      const kept = `screens-${createHash("sha256").update(readFileSync(join(OUT, "index.html"))).update(files.join("\n")).digest("hex").slice(0, 16)}`;
      const worker = readFileSync(join(OUT, "sw.js"), "utf8");
      const named = worker.replace("self.__FILES", JSON.stringify(files)).replace("self.__KEPT", JSON.stringify(kept));
      writeFileSync(join(OUT, "sw.js"), named);
    },
  };
}

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
  plugins: [preact({ devToolsEnabled: false }), offline(), small()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 1200,
  },
});
