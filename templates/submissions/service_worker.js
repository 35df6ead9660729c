"use strict";

// Kept: the page for when there is no network, and what it is drawn with. Nothing of any case.
const CACHE = "pakn-{{ version }}";
const KEPT = [{% for address in kept %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const [OFFLINE] = KEPT;

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function keptOrFetched(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function pageOrOffline(request) {
  try {
    return await fetch(request);
  } catch {
    return caches.match(OFFLINE);
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)));
});
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(pageOrOffline(request));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(keptOrFetched(request));
});
