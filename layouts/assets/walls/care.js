/* What keeps a screen well for months: it notices a frozen page, a growing heap and old code, and reloads unseen. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // A still picture burns in: the canvas steps a few u every five minutes, around a small square.
  const SHIFT_MS = 300000;
  const SHIFTS = [[0, 0], [3, 0], [3, 3], [0, 3], [-3, 3], [-3, 0], [-3, -3], [0, -3], [3, -3]];
  const BEAT_MS = 5000;
  // A page reloads once a day, at a minute of its own, so that a fleet never reloads at once.
  const DAY_MS = 86400000;
  const PAGE_LIFE_MS = DAY_MS + Math.random() * 3600000;
  const MOST_HEAP_MB = 400;
  const MOST_NODES = 60000;

  const born = performance.now();
  let beats = 0;
  let lastBeat = performance.now();
  let longestStall = 0;

  const heapMb = () => (performance.memory ? performance.memory.usedJSHeapSize / 1048576 : 0);
  const nodes = () => document.getElementsByTagName("*").length;

  function shift(canvas) {
    const [x, y] = SHIFTS[Math.floor(performance.now() / SHIFT_MS) % SHIFTS.length];
    canvas.style.transform = `translate(${x / 10}rem, ${y / 10}rem)`;
  }

  // The title moves with the main thread: a watchdog outside the browser reads it and restarts what stands still.
  function beat(title) {
    const now = performance.now();
    longestStall = Math.max(longestStall, now - lastBeat - BEAT_MS);
    lastBeat = now;
    beats += 1;
    document.title = `${title} · ${beats}`;
  }

  const outgrown = () => heapMb() > MOST_HEAP_MB || nodes() > MOST_NODES;

  // How the page does; the stall is the longest since it was last asked.
  kpiwall.health = function () {
    const told = {
      heap_mb: Math.round(heapMb()), nodes: nodes(), frozen_ms: Math.round(longestStall),
      uptime_s: Math.round((performance.now() - born) / 1000),
    };
    longestStall = 0;
    return told;
  };

  // Starts the care of a page; `reload` is how it reloads without being seen, asked only while the server is there.
  kpiwall.startCare = function (canvas, reload) {
    const title = document.title;
    shift(canvas);
    window.setInterval(() => shift(canvas), SHIFT_MS);
    beat(title);
    window.setInterval(() => {
      beat(title);
      const old = performance.now() - born > PAGE_LIFE_MS;
      if ((old || outgrown()) && !document.documentElement.hasAttribute("data-offline")) reload();
    }, BEAT_MS);
  };
})(window.kpiwall);
