/* The one chart: a changed figure goes to Dash through its store, scaled from u to pixels, seldom and when idle. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // A redraw costs about as much as all other work of a second; a trend of hours does not need it each second.
  const REDRAW_MS = 5000;
  const SCALED = new Set(["size", "width", "gridwidth", "l", "r", "t", "b", "xshift", "yshift"]);

  let shown = null;
  let next = null;
  let timer = 0;
  let last = -Infinity;

  const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 10;

  function scaled(value, u) {
    if (Array.isArray(value)) return value.map((item) => scaled(item, u));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => {
      if (SCALED.has(name) && typeof item === "number") return [name, item * u];
      if (name === "dash") return [name, item.replace(/\d+/g, (length) => Math.round(length * u))];
      return [name, scaled(item, u)];
    }));
  }

  function send() {
    timer = 0;
    last = performance.now();
    shown = next;
    window.dash_clientside.set_props("frame", { data: { figure: next } });
  }

  kpiwall.showChart = function (figure) {
    next = figure;
    if (timer || !document.getElementById("trend") || JSON.stringify(next) === JSON.stringify(shown)) return;
    const wait = Math.max(0, last + REDRAW_MS - performance.now()) + Math.random() * 500;
    timer = window.setTimeout(() => (window.requestIdleCallback || window.setTimeout)(send), wait);
  };

  let resizing = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(resizing);
    resizing = window.setTimeout(() => {
      if (next || shown) window.dash_clientside.set_props("frame", { data: { figure: next || shown, u: unit() } });
    }, 250);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    kpiwall: {
      figure(frame) {
        if (!frame || !frame.figure) return { data: [], layout: { paper_bgcolor: "transparent", plot_bgcolor: "transparent", xaxis: { visible: false }, yaxis: { visible: false } } };
        shown = shown || frame.figure;
        return scaled(frame.figure, unit());
      },
    },
  });
})(window.kpiwall);
