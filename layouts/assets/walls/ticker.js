/* The line of changes turns page by page: what does not fit on it has a page of its own, and nothing runs. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const PAGE_MS = 8000;
  const FADE_MS = 160;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  // The tops of the lines that the news wrap to, the first at 0.
  function pages(rows) {
    const shown = [...rows.children].filter((one) => one.offsetHeight);
    const first = shown.length ? shown[0].offsetTop : 0;
    return [...new Set(shown.map((one) => one.offsetTop - first))];
  }

  function fade(rows, from, to) {
    return rows.animate([{ opacity: from }, { opacity: to }], { duration: FADE_MS, easing: "steps(3)", fill: "forwards" });
  }

  function place(rows, top) {
    rows.dataset.top = top;
    rows.style.transform = top ? `translateY(${-top}px)` : "";
  }

  async function turn(rows) {
    const tops = pages(rows);
    const now = Number(rows.dataset.top) || 0;
    const next = tops.find((top) => top > now) || 0;
    if (next === now) return;
    if (still.matches) return void place(rows, next);
    const out = fade(rows, 1, 0);
    await out.finished;
    place(rows, next);
    await fade(rows, 0, 1).finished;
    rows.getAnimations().forEach((one) => one.cancel());
  }

  // One timer for all lines of whatever scene is shown; a scene that has gone takes its lines with it.
  window.setInterval(() => document.querySelectorAll(".change-pages").forEach(turn), PAGE_MS);

  // Another size wraps them elsewhere.
  window.addEventListener("resize", () => document.querySelectorAll(".change-pages").forEach((rows) => place(rows, 0)));

  kpiwall.turnLines = () => Promise.all([...document.querySelectorAll(".change-pages")].map(turn));
})(window.kpiwall);
