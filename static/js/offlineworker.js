/**
 * Main floor. The service worker at /sw.js: a page that can't be reached is told so by ours, and not by the browser.
 *
 * It keeps that page and its style sheet, and nothing else: no price, no answer of the API and no script ever
 * comes from here, so a new version of the desk is never mixed with an old one.
 */

const CACHE = "ticker.offline.v1";
const PAGE = "/offline/";
/** Where it is noted since when nobody answers; not a path of the server. */
const SINCE = "/offline/since";
/** After this time without a try (ms) nobody knows whether nobody answered all the while. */
const LAPSED = 120_000;
const STYLE = /<link rel="stylesheet" href="([^"]+)">/;
const OURS = /\/offline(\.[0-9a-f]+)?\.css$/;
/** What a proxy answers whose server is away. */
const AWAY = new Set([502, 504]);

/** Fetch the page and its style anew, and keep them in the place of all that was kept before. */
async function keep() {
  const page = await fetch(PAGE, { cache: "reload" });
  const style = STYLE.exec(await page.clone().text())?.[1];
  if (!page.ok || !style) throw new Error("no offline page");
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await cache.add(new Request(style, { cache: "reload" }));
  await cache.put(PAGE, page);
}

async function begin() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
}

/** Answer a page that is opened: the server's answer, or that there is none. */
async function open(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (!AWAY.has(answer.status)) {
      event.waitUntil(forget());
      return answer;
    }
  } catch {
    // nobody answers: the same as a proxy that says so
  }
  return away();
}

async function forget() {
  await (await caches.open(CACHE)).delete(SINCE);
}

/** Return the page that says since when nobody answers. */
async function away() {
  const cache = await caches.open(CACHE);
  const page = await cache.match(PAGE);
  if (!page) return Response.error();
  const since = await noted(cache);
  const text = (await page.text()).replace(/<time>[^<]*<\/time>/, `<time>${shown(new Date(since))}</time>`);
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.headers.get("Content-Security-Policy") ?? "" };
  return new Response(text, { status: 503, headers });
}

/** Return since when (ms) tries have been in vain, this one among them. */
async function noted(cache) {
  const now = Date.now();
  const held = await (await cache.match(SINCE))?.json();
  const since = held && now - held.last < LAPSED ? held.since : now;
  await cache.put(SINCE, new Response(JSON.stringify({ since, last: now })));
  return since;
}

/** Return a time as people read it here, with the day when it is another one. */
function shown(date) {
  const digits = (number) => String(number).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(digits).join(":");
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(digits).join("-");
  return date.toDateString() === new Date().toDateString() ? time : `${day} ${time}`;
}

/** Return the page's style sheet from where it can be had. */
async function style(request) {
  return fetch(request).catch(async () => (await caches.match(request)) ?? Response.error());
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET") return;
  if (mode === "navigate") event.respondWith(open(event));
  else if (OURS.test(url)) event.respondWith(style(event.request));
});
