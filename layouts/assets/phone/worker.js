/* Keeps the last good page of each address for when there is no connection. Numbers belong to one account: pages of another are dropped. */
"use strict";
const PAGES = "kpiwall-pages";
const ASSETS = "kpiwall-assets";
const OWNER = "Kpiwall-Owner";
const KEPT = "Kpiwall-Kept";
// Who the kept pages belong to is kept among them.
const OWNED = "/phone/-/owner";
const MOST_PAGES = 60;
const MOST_ASSETS = 90;
// A network that lets one wait this long is none, if there is something to show.
const PATIENCE_MS = 6000;
// What is older answers nothing any more, and should not lie about in a pocket.
const OLDEST_MS = 7 * 86400000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => event.waitUntil(take(event.data)));

async function take({ owner, assets, page, offline }) {
  await own(owner);
  const known = await caches.open(ASSETS);
  await Promise.all(assets.map(async (address) => {
    if (!(await known.match(address))) await known.add(address).catch(() => {});
  }));
  await Promise.all([page, offline].map((address) => fromServer(new Request(address, { credentials: "same-origin" })).catch(() => {})));
}

// Another account, session or sight: what was kept for the former one goes.
async function own(owner) {
  const pages = await caches.open(PAGES);
  const former = await pages.match(OWNED);
  if (former && (await former.text()) === owner) return pages;
  await caches.delete(PAGES);
  const fresh = await caches.open(PAGES);
  await fresh.put(OWNED, new Response(owner));
  return fresh;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(url.searchParams.has("m") ? asset(request) : mark(request));
  else if (isPage(url)) event.respondWith(page(event));
});

const isPage = (url) => url.pathname === "/phone" || url.pathname.startsWith("/phone/");

// An asset's address changes with its content.
async function asset(request) {
  const known = await caches.open(ASSETS);
  const found = await known.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await known.put(request, answer.clone());
    await trim(known, MOST_ASSETS);
  }
  return answer;
}

// Marks and fonts keep their address: the newest there is.
async function mark(request) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await (await caches.open(ASSETS)).match(request)) || Response.error();
  }
}

async function page(event) {
  const { request } = event;
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, null); });
  const answered = fromServer(request).catch(() => undefined);
  event.waitUntil(answered);
  let answer = await Promise.race([answered, late]);
  if (answer) return answer;
  const found = await kept(request);
  if (found) return found;
  answer = await answered;
  return answer || (await stoodIn(request)) || Response.error();
}

async function fromServer(request) {
  const answer = await fetch(request);
  // Led to the sign-in page, or told off: whoever was signed in here is not any more.
  if (answer.redirected || answer.type === "opaqueredirect" || answer.status === 401) {
    await caches.delete(PAGES);
    return answer;
  }
  const owner = answer.headers.get(OWNER);
  if (!owner) return answer;
  const pages = await own(owner);
  if (answer.ok) {
    await pages.put(request.url, await dated(answer.clone()));
    await trim(pages, MOST_PAGES);
  } else {
    await pages.delete(request.url);
  }
  return answer;
}

async function dated(answer) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT, String(Date.now()));
  return new Response(await answer.blob(), { status: answer.status, headers });
}

// A kept document says at once that it is one: no script has to run before it stops looking live.
async function kept(request) {
  const pages = await caches.open(PAGES);
  const found = (await fresh(pages, request.url)) || (await other(pages, request));
  if (!found || request.mode !== "navigate") return found;
  const text = (await found.text()).replace("<html ", `<html data-offline data-kept="${found.headers.get(KEPT)}" `);
  return new Response(text, { status: 200, headers: found.headers });
}

async function fresh(pages, address) {
  const found = await pages.match(address);
  if (!found || Date.now() - Number(found.headers.get(KEPT)) <= OLDEST_MS) return found;
  await pages.delete(address);
  return null;
}

// A page is kept whole or as the part that replaced another: either is made from the other.
async function other(pages, request) {
  const url = new URL(request.url);
  const asPart = url.searchParams.get("part") === "1";
  if (asPart) url.searchParams.delete("part");
  else url.searchParams.append("part", "1");
  const found = await fresh(pages, url.href);
  const frame = asPart ? found : await shell(pages);
  if (!found || !frame) return null;
  const [head, inner, foot] = (await frame.text()).split(/<!--\/?page-->/);
  const text = asPart ? inner : `${head}<!--page-->${await found.text()}<!--/page-->${foot}`;
  return new Response(text, { status: 200, headers: found.headers });
}

async function shell(pages) {
  const name = (await pages.keys()).find((one) => new URL(one.url).pathname === "/phone/-/offline");
  return name ? pages.match(name) : null;
}

// For a page that was never kept: the page that says so, or for a part nothing.
async function stoodIn(request) {
  return request.mode === "navigate" ? shell(await caches.open(PAGES)) : null;
}

async function trim(cache, most) {
  const names = (await cache.keys()).filter((one) => new URL(one.url).pathname !== OWNED);
  await Promise.all(names.slice(0, Math.max(0, names.length - most)).map((one) => cache.delete(one)));
}
