/* When a page's first numbers were painted, and how far it jumped. */
"use strict";
window.phoneProbe = { numbers: null, paint: 0, shift: 0, moved: [] };
(function (probe) {
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (one.name === "first-contentful-paint") probe.paint = one.startTime;
  })).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (one.hadRecentInput) return;
    probe.shift += one.value;
    probe.moved.push(...one.sources.map(({ node }) => node && (node.className || node.nodeName)));
  })).observe({ type: "layout-shift", buffered: true });
  // The second frame after the number is in the document has it on the screen.
  (function look() {
    const number = document.querySelector('[data-text="hero.score"]');
    const styled = number && parseFloat(getComputedStyle(number).fontSize) > 50;
    if (!styled || !/\d/.test(number.textContent)) return void requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => { probe.numbers = performance.now(); }));
  })();
})(window.phoneProbe);
