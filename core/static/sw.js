// Keeps one page on a device whose user has asked for it, and shows it when the server cannot be
// reached. Nothing else is kept: every page comes from the server or not at all.
"use strict";

const STORE = "krislarm-offline";
const COPY = "/offline/copy";
const PATIENCE = 20_000; // ms for the first byte of a page
const FRESH = 10 * 60_000; // ms before a copy is fetched anew
const NO_GATEWAY = [502, 503, 504];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(live(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function live(request) {
  const answer = fetch(request);
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("late")), PATIENCE));
  try {
    const first = await Promise.race([answer, late]);
    return NO_GATEWAY.includes(first.status) ? ((await saved()) ?? first) : first;
  } catch {
    return (await saved()) ?? answer;
  }
}

const kept = async (request) => (await caches.match(request, { cacheName: STORE })) ?? Response.error();

async function saved() {
  const copy = await caches.match(COPY, { cacheName: STORE });
  if (!copy || new Date(copy.headers.get("x-keep-until")) > Date.now()) return copy;
  await forget();
  return undefined;
}

// The page last, and what it no longer uses after it: whatever is cut off, the copy is whole.
async function save(user) {
  const page = await fetch(COPY, { redirect: "manual", cache: "no-store" });
  if (page.status === 403) return forget();
  if (!page.ok || page.headers.get("x-saved-for") !== user) return undefined;
  const text = await page.clone().text();
  const parts = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
  const store = await caches.open(STORE);
  await store.addAll(parts);
  await store.put(COPY, page);
  const wanted = new Set([COPY, ...parts].map((path) => new URL(path, location.origin).href));
  const old = (await store.keys()).filter((each) => !wanted.has(each.url));
  await Promise.all(old.map((each) => store.delete(each)));
  return page.headers.get("x-saved-at");
}

// Whoever else signs in on this device finds nothing.
async function refresh(user) {
  const copy = await saved();
  if (!copy) return undefined;
  if (copy.headers.get("x-saved-for") !== user) return forget();
  if (Date.now() - new Date(copy.headers.get("x-saved-at")) < FRESH) return undefined;
  return save(user);
}

async function forget() {
  await caches.delete(STORE);
  await self.registration.unregister();
}

const acts = { save, refresh, forget };
self.addEventListener("message", (event) => {
  const done = acts[event.data.act](event.data.user).catch(() => undefined);
  event.waitUntil(done.then((answer) => event.ports[0]?.postMessage(answer ?? "")));
});
