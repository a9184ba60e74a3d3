/* The server's clock in the browser: it sets the time shown, and every age, once a second. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const STEPS = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  // A still picture burns in: the canvas steps a few u every five minutes, around a small square.
  const SHIFT_MS = 300000;
  const SHIFTS = [[0, 0], [3, 0], [3, 3], [0, 3], [-3, 3], [-3, 0], [-3, -3], [0, -3], [3, -3]];

  let base = { server: 0, local: 0, speed: 1 };
  let texts = {};
  let formats = null;
  let root = null;

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
    root.querySelectorAll("[data-age]").forEach(kpiwall.tickAge);
    const time = formats.time.format(kpiwall.now());
    root.querySelectorAll("[data-clock]").forEach((element) => {
      kpiwall.setDigits(element, time);
    });
  }

  function shift() {
    const [x, y] = SHIFTS[Math.floor(Date.now() / SHIFT_MS) % SHIFTS.length];
    root.style.transform = `translate(${x / 10}rem, ${y / 10}rem)`;
  }

  kpiwall.startClock = function (page) {
    root = page;
    texts = {};
    Object.entries(page.dataset).forEach(([name, value]) => {
      if (name.startsWith("text") && name !== "text") texts[name.slice(4).replace(/([A-Z])/g, "-$1").slice(1).toLowerCase()] = value;
    });
    formats = formatsFor(page.dataset.zone);
    kpiwall.texts = texts;
    kpiwall.setClock(Number(page.dataset.now), 1);
    tick();
    window.setInterval(tick, 1000);
    if (page.classList.contains("wall")) {
      shift();
      window.setInterval(shift, SHIFT_MS);
    }
  };
})(window.kpiwall);
