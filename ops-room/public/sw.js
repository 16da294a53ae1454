// Lets the screens open where there is no network. Keeps the screens' own files and nothing else: no answer of the server, no word of any record.
// The list of files is put in when the screens are built; its name changes with them, so that a new build is kept whole beside the old one.
const FILES = self.__FILES;
const KEPT = self.__KEPT;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const asked = new URL(event.request.url);
  if (event.request.method !== "GET" || asked.origin !== location.origin) return;
  // The page: the newest where there is a network, else the kept one. Other files carry their digest in their name.
  if (asked.pathname === "/") event.respondWith(page(event.request));
  else if (FILES.includes(asked.pathname)) event.respondWith(kept(event.request, asked.pathname));
});

async function page(request) {
  const cut = new AbortController();
  const late = setTimeout(() => cut.abort(), 4000);
  try {
    return await fetch(request.url, { signal: cut.signal, credentials: "same-origin" });
  } catch {
    return (await caches.match("/")) ?? Response.error();
  } finally {
    clearTimeout(late);
  }
}

async function kept(request, path) {
  return (await caches.match(path)) ?? fetch(request);
}
