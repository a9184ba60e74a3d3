/* A phone page: starts its clock, binds each page to its stream, and what is the same on all pages. */
"use strict";
(function () {
  const kpiwall = window.kpiwall;
  // A slow network may answer with the former version; asking at every frame would not make it faster.
  const RENEW_PAUSE_MS = 30000;
  const root = document.documentElement;
  const { body } = document;
  let stream = null;
  let binder = null;
  let started = false;
  let renewedAt = -Infinity;

  function startClock(page) {
    if (started) return void kpiwall.setClock(Number(page.dataset.now));
    started = true;
    kpiwall.startClock(page);
    kpiwall.startWatching(Number(page.dataset.now));
  }

  function heard(page) {
    return (silent, data) => {
      kpiwall.cutOffSince(data.now);
      if (kpiwall.wasCutOff(silent) || data.software !== body.dataset.software) return kpiwall.reloadOnce();
      if (data.version !== page.dataset.version && performance.now() - renewedAt > RENEW_PAUSE_MS) {
        renewedAt = performance.now();
        kpiwall.goHere();
      }
    };
  }

  function open(address, page) {
    const apply = (data) => {
      binder.apply(data.view);
      kpiwall.followAlerts(page, data.view);
    };
    return kpiwall.openStream(address, { snapshot: apply, change: apply, heard: heard(page) });
  }

  kpiwall.enterPage = function (page, keptMs) {
    const { push, now } = page.dataset;
    if (now) startClock(page);
    binder = kpiwall.bind(page);
    if (push) {
      stream = open(push, page);
      kpiwall.cutOffSince(Number(now));
    }
    if (now) {
      kpiwall.tickNow();
      kpiwall.showKept(keptMs, Number(now));
    }
    const chip = page.querySelector(".chip[aria-current]");
    if (chip) chip.parentElement.scrollLeft = chip.offsetLeft - (chip.parentElement.clientWidth - chip.offsetWidth) / 2;
    kpiwall.bindTrend(page, (kind) => keepChoice(page, kind));
    kpiwall.bindPins(page);
    kpiwall.listKept();
  };

  kpiwall.leavePage = function () {
    if (stream) stream.close();
    if (binder) binder.clear();
    stream = binder = null;
  };

  // The address says which periods are shown, so that it can be sent on.
  function keepChoice(page, kind) {
    const url = new URL(window.location.href);
    if (!url.pathname.endsWith("/trend")) return;
    url.searchParams.set("by", kind);
    window.history.replaceState(window.history.state, "", url);
  }

  kpiwall.tell = function (text) {
    const told = document.querySelector(".toast");
    told.textContent = text;
    told.classList.add("shown");
    window.clearTimeout(told.timer);
    told.timer = window.setTimeout(() => told.classList.remove("shown"), 5000);
  };

  function fold(button) {
    const list = button.parentElement;
    const open = list.dataset.open !== "1";
    list.dataset.open = open ? "1" : "0";
    button.setAttribute("aria-expanded", String(open));
  }

  function bindSheet() {
    const sheet = document.querySelector("#more");
    const inks = sheet.querySelectorAll("[data-choice]");
    const mark = () => inks.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.choice === kpiwall.chosenInk())));
    inks.forEach((one) => one.addEventListener("click", () => { kpiwall.chooseInk(one.dataset.choice); mark(); }));
    body.addEventListener("click", (event) => {
      if (event.target.closest("[data-more]")) { mark(); sheet.showModal(); }
    });
    sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
    sheet.querySelector("[data-out]").addEventListener("submit", async (event) => {
      event.preventDefault();
      await kpiwall.forgetPages();
      event.target.submit();
    });
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest(".fold");
    if (button) fold(button);
  });
  window.addEventListener("offline", () => root.toggleAttribute("data-offline", true));
  bindSheet();
  kpiwall.enterPage(document.querySelector(".page"), Number(root.dataset.kept) || 0);
  kpiwall.startPages();
  kpiwall.startWorker(body);
})();
