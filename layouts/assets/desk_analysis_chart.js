/* The lines of analysis: drawn from their data in the page's own type; a gap in the data is a gap in the line. */
"use strict";
(function () {
  if (document.documentElement.dataset.page !== "desk") return;
  const SVG = "http://www.w3.org/2000/svg";
  // Names at the ends of lines are pushed this far apart, in shares of the height.
  const APART = 0.13;

  function part(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function label(css, text, style) {
    const made = document.createElement("span");
    made.className = css;
    made.textContent = text;
    Object.assign(made.style, style);
    return made;
  }

  const place = ([x, y]) => `${(x * 1000).toFixed(1)},${((1 - y) * 1000).toFixed(1)}`;

  function runs(points) {
    const found = [[]];
    for (const point of points) {
      if (point[1] === null) found.push([]);
      else found[found.length - 1].push(point);
    }
    return found.filter((run) => run.length);
  }

  function spread(ends) {
    ends.sort((one, other) => other.y - one.y);
    let above = Infinity;
    for (const one of ends) {
      one.at = Math.min(one.y, above - APART);
      above = one.at;
    }
    const low = Math.min(...ends.map((one) => one.at));
    if (low < 0) for (const one of ends) one.at -= low;
  }

  function draw(element) {
    const data = JSON.parse(element.dataset.lines);
    const svg = part("svg", { viewBox: "0 0 1000 1000", preserveAspectRatio: "none" });
    const plot = document.createElement("div");
    plot.className = "an-plot";
    for (const [x] of data.ticks) svg.append(part("line", { class: "an-grid", x1: x * 1000, x2: x * 1000, y1: 0, y2: 1000 }));
    const ends = [];
    if (data.target) {
      const [from, to] = data.target;
      svg.append(part("line", { class: "an-goal", x1: 0, x2: 1000, y1: (1 - from) * 1000, y2: (1 - to) * 1000 }));
      ends.push({ y: to, name: data.target_text, last: "", css: "an-end an-goal-text" });
    }
    let number = 0;
    data.lines.forEach((line) => {
      const css = line.now ? `an-line an-now an-n${number++ % 4}` : "an-line an-before";
      for (const run of runs(line.points)) {
        if (run.length > 1) svg.append(part("polyline", { class: css, points: run.map(place).join(" ") }));
      }
      const known = line.points.filter((point) => point[1] !== null);
      const last = known[known.length - 1];
      if (!last) return;
      plot.append(label(`an-dot ${line.now ? "an-now" : "an-before"}`, "", { left: `${last[0] * 100}%`, bottom: `${last[1] * 100}%` }));
      ends.push({ y: last[1], name: line.name, last: line.last, css: line.now ? "an-end an-now" : "an-end an-before" });
    });
    plot.prepend(svg);
    spread(ends);
    const names = document.createElement("div");
    names.className = "an-ends";
    for (const one of ends) {
      const named = label(one.css, one.name, { bottom: `${one.at * 100}%` });
      if (one.last) named.append(" ", label("strong", one.last, {}));
      names.append(named);
    }
    const axis = document.createElement("div");
    axis.className = "an-axis";
    const widest = Math.max(...data.ticks.map(([, text]) => [...text].reduce((sum, one) => sum + (one > "⺀" ? 1 : 0.62), 1)));
    const room = element.clientWidth / (widest * parseFloat(getComputedStyle(element).fontSize)) || 7;
    const every = Math.ceil(data.ticks.length / Math.max(2, Math.min(8, Math.floor(room))));
    data.ticks.forEach(([x, text], at) => {
      // The last one always stands, so those just before it give way.
      const last = data.ticks.length - 1;
      if ((last - at) % every === 0) axis.append(label("", text, { left: `${x * 100}%` }));
    });
    element.replaceChildren(plot, names, axis);
  }

  function fill() {
    for (const element of document.querySelectorAll(".an-chart:not([data-drawn])")) {
      element.dataset.drawn = "1";
      draw(element);
    }
  }

  new MutationObserver(fill).observe(document.documentElement, { childList: true, subtree: true });
})();
