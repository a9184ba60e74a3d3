/* Pages that the worker keeps for when there is no connection: who owns them, how old they are, and that they go. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const PAGES = "kpiwall-pages";
  const root = document.documentElement;
  const worker = () => navigator.serviceWorker && navigator.serviceWorker.controller;

  // The worker has had no part in the first load: it is told what that load brought, to have it the next time.
  kpiwall.startWorker = async function (body) {
    if (!navigator.serviceWorker) return;
    try {
      await navigator.serviceWorker.register(body.dataset.worker, { scope: "/phone" });
      const ready = await navigator.serviceWorker.ready;
      const assets = performance.getEntriesByType("resource").map((one) => one.name)
        .filter((name) => new URL(name).pathname.startsWith("/assets/"));
      const lang = document.documentElement.lang;
      ready.active.postMessage({ owner: body.dataset.owner, assets, page: window.location.href, offline: `/phone/-/offline?lang=${lang}` });
    } catch (error) {
      console.warn("kpiwall: pages are not kept on this phone:", error.message);
    }
  };

  // Nothing that the former account saw stays behind.
  kpiwall.forgetPages = async function () {
    if (window.caches) await window.caches.delete(PAGES);
  };

  kpiwall.owned = function (answer) {
    const owner = answer.headers.get("Kpiwall-Owner");
    return !owner || owner === document.body.dataset.owner;
  };

  // A page that comes from the phone itself says since when; business time goes on as this clock does.
  kpiwall.showKept = function (keptMs, now) {
    if (!keptMs) return;
    root.toggleAttribute("data-offline", true);
    kpiwall.setClock(now + Math.max(0, Date.now() - keptMs), 1);
    kpiwall.cutOffSince(now);
  };

  kpiwall.cutOffSince = function (ms) {
    document.querySelectorAll(".cut-off [data-age]").forEach((element) => {
      element.dataset.ms = ms;
      kpiwall.tickAge(element);
    });
  };

  // The list of what is kept, on the page that stands in for one that is not.
  kpiwall.listKept = async function () {
    const list = document.querySelector(".kept-pages");
    if (!list || !window.caches) return;
    const kept = await (await window.caches.open(PAGES)).keys();
    const shown = new Map();
    for (const request of kept) {
      const url = new URL(request.url);
      if (url.searchParams.has("part") || url.pathname.startsWith("/phone/-/offline")) continue;
      const text = await (await window.caches.match(request)).clone().text();
      const found = /<title>([^<]*)<\/title>/.exec(text);
      if (found) shown.set(url.pathname + url.search, found[1]);
    }
    const head = document.createElement("p");
    head.textContent = shown.size ? list.dataset.head : list.dataset.none;
    list.replaceChildren(head, ...Array.from(shown, ([href, title]) => {
      const link = document.createElement("a");
      link.href = href;
      link.className = "act";
      link.dataset.whole = "1";
      link.innerHTML = title; // our own title, escaped by the server
      return link;
    }));
  };

  kpiwall.hasWorker = () => Boolean(worker());
})(window.kpiwall);
