/* Draws a sparkline from the points and the target in its element's attributes. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const SVG = "http://www.w3.org/2000/svg";

  function parts(element) {
    if (element.firstElementChild) return element.children;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 100");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.append(document.createElementNS(SVG, "line"), document.createElementNS(SVG, "g"));
    element.append(svg, document.createElement("i"));
    return element.children;
  }

  // Runs of known values: a gap in the data is a gap in the line.
  function runs(values) {
    const found = [[]];
    values.forEach((value, index) => {
      if (value === "") return void found.push([]);
      const x = (index / (values.length - 1)) * 100;
      found[found.length - 1].push([x, (1 - Number(value)) * 100]);
    });
    return found.filter((run) => run.length);
  }

  function drawTarget(line, target) {
    line.style.display = target === "" || target === undefined ? "none" : "";
    const y = (1 - Number(target)) * 100;
    [["x1", 0], ["x2", 100], ["y1", y], ["y2", y]].forEach(([name, value]) => line.setAttribute(name, value));
  }

  kpiwall.drawSpark = function (element) {
    const state = `${element.dataset.points}|${element.dataset.target}`;
    if (element.drawn === state) return;
    element.drawn = state;
    const values = element.dataset.points ? element.dataset.points.split(",") : [];
    element.style.visibility = values.length > 1 ? "" : "hidden";
    if (values.length < 2) return;
    const [svg, dot] = parts(element);
    const [line, lines] = svg.children;
    drawTarget(line, element.dataset.target);
    const found = runs(values);
    while (lines.children.length > found.length) lines.lastChild.remove();
    while (lines.children.length < found.length) lines.append(document.createElementNS(SVG, "polyline"));
    found.forEach((run, index) => {
      lines.children[index].setAttribute("points", run.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(" "));
    });
    const [x, y] = found[found.length - 1].at(-1);
    dot.style.left = `${x}%`;
    dot.style.top = `${y}%`;
  };
})(window.kpiwall);
