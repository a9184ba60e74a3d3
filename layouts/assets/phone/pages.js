/* Moves between phone pages without a load: the part is fetched and put in place, with its address, title and place of scrolling. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // As many as somebody goes back.
  const MOST_KEPT = 20;
  const ASK_MS = 30000;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const seen = new Map();
  let turn = 0;

  const isOurs = (url) => url.origin === window.location.origin && (url.pathname === "/phone" || url.pathname.startsWith("/phone/"));
  const here = () => window.location.pathname + window.location.search;

  function remember(address, html) {
    seen.delete(address);
    seen.set(address, html);
    if (seen.size > MOST_KEPT) seen.delete(seen.keys().next().value);
  }

  // What another account would see, or the sign-in page, is a whole document of its own.
  async function part(address) {
    const url = new URL(address, window.location.href);
    url.searchParams.set("part", "1");
    const answer = await fetch(url, { credentials: "same-origin" });
    if (answer.redirected || answer.status === 401 || !kpiwall.owned(answer)) return null;
    if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
    return { html: await answer.text(), keptMs: Number(answer.headers.get("Kpiwall-Kept")) || 0 };
  }

  function place(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const page = template.content.querySelector(".page");
    document.querySelector(".page").replaceWith(page);
    document.title = page.dataset.title || document.title;
    return page;
  }

  // The way says where the new page comes from; without a word for it the pages only cross-fade.
  async function shown(html, way, keptMs, top, moved = () => {}) {
    const swap = () => {
      moved();
      kpiwall.leavePage();
      kpiwall.enterPage(place(html), keptMs);
      window.scrollTo(0, top);
    };
    document.documentElement.dataset.way = way || "";
    if (!document.startViewTransition || still.matches) return swap();
    await document.startViewTransition(swap).updateCallbackDone;
  }

  // Who listens hears the title of the new page; who taps sees no frame around it.
  function focusTitle() {
    const title = document.querySelector(".page h1");
    if (title) title.focus({ preventScroll: true });
  }

  async function go(address, way, { replace = false } = {}) {
    const mine = ++turn;
    const url = new URL(address, window.location.href);
    keepScroll();
    document.documentElement.toggleAttribute("data-going", true);
    try {
      const found = await part(url);
      if (mine !== turn) return;
      if (!found) return void window.location.assign(url);
      // Address and page change together: a key in between would mean the page that is seen.
      await shown(found.html, way, found.keptMs, replace ? window.scrollY : 0, () => {
        window.history[replace ? "replaceState" : "pushState"]({ top: 0 }, "", url);
        remember(here(), found.html);
      });
      focusTitle();
    } catch (error) {
      // No part, kept or new: the worker has a page that says so.
      if (mine === turn) window.location.assign(url);
    } finally {
      if (mine === turn) document.documentElement.toggleAttribute("data-going", false);
    }
  }

  function keepScroll() {
    window.history.replaceState({ ...window.history.state, top: window.scrollY }, "");
  }

  // Back is at once what it was, and then what the stream says.
  async function back(event) {
    const top = (event.state && event.state.top) || 0;
    const held = seen.get(here());
    if (held) return shown(held, "up", 0, top);
    const mine = ++turn;
    try {
      const found = await part(here());
      if (mine !== turn) return;
      if (!found) return void window.location.reload();
      await shown(found.html, "up", found.keptMs, top);
    } catch (error) {
      window.location.reload();
    }
  }

  // Nothing of other pages is kept: the browser's own error page would take the place of the numbers.
  function needsConnection(event) {
    if (navigator.onLine) return;
    event.preventDefault();
    kpiwall.tell(document.body.dataset.needs);
  }

  function clicked(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (!isOurs(url)) return void needsConnection(event);
    if (link.dataset.whole) return;
    event.preventDefault();
    const sheet = document.querySelector("dialog[open]");
    if (sheet) sheet.close();
    const way = ["up", "before", "after"].find((name) => link.classList.contains(name) || link.classList.contains(`way-${name}`));
    go(link.getAttribute("href"), way || (link.closest(".tabs, .chips") ? "" : "down"), { replace: Boolean(link.dataset.instead) });
  }

  // Cut off although there is a network: whoever has been signed out is led to where they sign in.
  async function stillSignedIn() {
    if (!document.documentElement.hasAttribute("data-offline") || !navigator.onLine) return;
    try {
      if (!(await part(here()))) window.location.reload();
    } catch (error) {
      // The server is away, and the page says so.
    }
  }

  kpiwall.goHere = () => go(here(), "", { replace: true });

  kpiwall.startPages = function () {
    window.history.scrollRestoration = "manual";
    remember(here(), document.querySelector(".page").outerHTML);
    document.addEventListener("click", clicked);
    window.addEventListener("popstate", back);
    kpiwall.bindSwipe(go);
    window.setInterval(stillSignedIn, ASK_MS);
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, dialog");
      const name = { ArrowLeft: "before", ArrowRight: "after", Escape: "up" }[event.key];
      const href = name && document.querySelector(".page").dataset[name];
      if (href && !typing && !event.altKey && !event.ctrlKey && !event.metaKey) go(href, name);
    });
  };
})(window.kpiwall);
