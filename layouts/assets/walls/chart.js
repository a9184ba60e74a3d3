/* Charts of a wall: figures come in u and in tokens, are drawn by plotly, seldom and when idle. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // A redraw costs about as much as all other work of a second; a trend of hours does not need it each second.
  const REDRAW_MS = 5000;
  const SCALED = new Set(["size", "width", "gridwidth", "l", "r", "t", "b", "xshift", "yshift"]);
  // A wall is watched, not touched: no tools, no hover, nothing that asks a server.
  const CONFIG = { displayModeBar: false, staticPlot: true, responsive: false, showSendToCloud: false };

  const charts = new Map();
  let library = null;

  // Scenes without a chart never load it: it is most of what a wall would weigh.
  function plotly() {
    library = library || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "/lib/plotly.min.js";
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => {
        library = null;
        script.remove();
        reject(new Error("plotly did not load"));
      };
      document.head.append(script);
    });
    return library;
  }

  const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 10;

  function resolved(value, name, u, style) {
    if (Array.isArray(value)) return value.map((item) => resolved(item, "", u, style));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, key, u, style)]));
    }
    if (typeof value === "number") return SCALED.has(name) ? value * u : value;
    if (name === "dash" && typeof value === "string") return value.replace(/\d+/g, (length) => Math.round(length * u));
    if (typeof value === "string" && value.startsWith("--")) return colour(value, style);
    return value;
  }

  // "--good" is the token, "--good/22" the token with that share of 100 of its colour.
  function colour(text, style) {
    const [token, share] = text.split("/");
    const found = style.getPropertyValue(token).trim();
    return share ? `${found}${Math.round(share * 2.55).toString(16).padStart(2, "0")}` : found;
  }

  async function draw(element) {
    const chart = charts.get(element);
    if (!chart) return;
    chart.timer = 0;
    chart.last = performance.now();
    chart.shown = chart.next;
    try {
      const lib = await plotly();
      if (charts.get(element) !== chart || !element.isConnected) return;
      if (!chart.shown) return void lib.purge(element);
      const { data, layout } = resolved(chart.shown, "", unit(), getComputedStyle(element));
      const size = { width: element.clientWidth, height: element.clientHeight };
      await lib.react(element, data, { ...layout, ...size, autosize: false }, CONFIG);
    } catch (error) {
      chart.shown = undefined;  // drawn with the next figure, when the server is back
    }
  }

  // Draws at once the first time (and tells when it is done), later when there is time.
  kpiwall.drawChart = function (element, figure) {
    const chart = charts.get(element) || { last: -Infinity, timer: 0, shown: undefined };
    chart.next = figure;
    charts.set(element, chart);
    if (chart.timer || JSON.stringify(figure) === JSON.stringify(chart.shown)) return;
    if (chart.shown === undefined) return draw(element);
    const wait = Math.max(0, chart.last + REDRAW_MS - performance.now()) + Math.random() * 500;
    chart.timer = window.setTimeout(() => (window.requestIdleCallback || window.setTimeout)(() => draw(element)), wait);
  };

  kpiwall.forgetChart = function (element) {
    const chart = charts.get(element);
    if (chart) window.clearTimeout(chart.timer);
    charts.delete(element);
    if (window.Plotly) window.Plotly.purge(element);
  };

  kpiwall.redrawCharts = () => charts.forEach((_, element) => draw(element));

  let resizing = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(resizing);
    resizing = window.setTimeout(kpiwall.redrawCharts, 250);
  });
})(window.kpiwall);
