/* The server's clock in the browser: it sets the time shown, and every age, once a second. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const STEPS = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  // A version that a reload does not settle must not reload for ever.
  const RELOAD_PAUSE_MS = 60000;

  let base = { server: 0, local: 0, speed: 1 };
  let texts = {};
  let formats = null;

  function formatsFor(zone) {
    const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    const day = { year: "numeric", month: "numeric", day: "numeric", timeZone: zone };
    return { time: new Intl.DateTimeFormat("en-GB", time), day: new Intl.DateTimeFormat("en-GB", day) };
  }

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function span(form, seconds) {
    const [size, unit] = STEPS.find(([size]) => seconds >= size) || STEPS[STEPS.length - 1];
    return filled(texts[`${form}-${unit}`], { n: Math.floor(seconds / size) });
  }

  function ageText(ms, form) {
    if (ms === "" || ms === undefined) return form === "since" ? texts.never : "";
    const seconds = Math.max(0, Math.floor((kpiwall.now() - Number(ms)) / 1000));
    if (form !== "since") return span(form, seconds);
    return filled(texts.since, { time: kpiwall.timeOf(Number(ms)), span: span("span", seconds) });
  }

  kpiwall.now = () => base.server + (performance.now() - base.local) * base.speed;

  // Today HH:MM, on another day the day too: 14:24 yesterday is not 14:24.
  kpiwall.timeOf = function (ms) {
    const time = formats.time.format(ms);
    if (formats.day.format(ms) === formats.day.format(kpiwall.now())) return time;
    const [day, month] = formats.day.format(ms).split("/").map(Number);
    return `${month}-${day} ${time}`;
  };

  kpiwall.setClock = function (now, speed) {
    base = { server: now, local: performance.now(), speed: speed === undefined ? base.speed : speed };
  };

  kpiwall.tickAge = function (element) {
    if (!formats) return;
    const text = ageText(element.dataset.ms, element.dataset.form);
    if (element.textContent !== text) element.textContent = text;
  };

  function tick() {
    document.querySelectorAll("[data-age]").forEach(kpiwall.tickAge);
    const time = formats.time.format(kpiwall.now());
    document.querySelectorAll("[data-clock]").forEach((element) => kpiwall.setDigits(element, time));
  }

  // Sets the ages and the time in what has just come into the document.
  kpiwall.tickNow = tick;

  // Leaves a page only for one that is there: an error page of the browser has no script that could come back.
  kpiwall.goTo = async function (address) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.ok) window.location.replace(address);
    } catch (error) {
      // The server is away; whoever wanted to go asks again.
    }
  };

  kpiwall.reloadOnce = function () {
    const before = Number(sessionStorage.getItem("kpiwall.reloaded") || 0);
    if (Math.abs(Date.now() - before) < RELOAD_PAUSE_MS) return;
    sessionStorage.setItem("kpiwall.reloaded", String(Date.now()));
    kpiwall.goTo(window.location.pathname + window.location.search);
  };

  const textName = (name) => name.slice(4).replace(/([A-Z])/g, "-$1").slice(1).toLowerCase();

  kpiwall.startClock = function (page) {
    const told = Object.entries(page.dataset).filter(([name]) => name.startsWith("text") && name !== "text");
    texts = Object.fromEntries(told.map(([name, value]) => [textName(name), value]));
    formats = formatsFor(page.dataset.zone);
    kpiwall.texts = texts;
    kpiwall.setClock(Number(page.dataset.now), 1);
    tick();
    window.setInterval(tick, 1000);
  };
})(window.kpiwall);
