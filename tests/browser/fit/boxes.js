/* Faults of boxes: panels on one another, out of the wall or out of the screen, empty, or with content that leaves them. */
"use strict";
(function (fit) {
  const SLACK = 1;
  // The canvas steps by 3 u so that a still picture does not burn in.
  const SHIFT_U = 3;
  const SHAPES = "path, rect, circle, ellipse, line, polyline, polygon, text";
  const DRAWN = "svg " + SHAPES.split(", ").join(", svg ") + ", .fill, .tick, .notch, .spark i, .glyph, canvas, img, svg use, svg image";

  // Marks are as wide as their track and moved along it: what is drawn of them stands at their left edge.
  const drawnBox = (element) => {
    const { left, right, top, bottom } = rect(element);
    return { left, right: element.matches(".tick, .notch") ? left : right, top, bottom };
  };
  const WHOLE = "svg, .spark, .bar, .track, .glyph, img, canvas";
  const rect = (element) => element.getBoundingClientRect();
  const has = (box) => box.right - box.left > SLACK && box.bottom - box.top > SLACK;
  const shown = (selector, root) => [...root.querySelectorAll(selector)].filter(fit.visible);

  function onOneAnother(wall) {
    const panels = shown(".cell, .panel, .objective, .header", wall);
    return panels.flatMap((one, index) => panels.slice(index + 1).filter((other) => {
      if (one.contains(other) || other.contains(one) || isOverlay(one) || isOverlay(other)) return false;
      const common = fit.both(rect(one), rect(other));
      return has(common);
    }).map((other) => `panels overlap: ${fit.name(one)} / ${fit.name(other)}`));
  }

  // What lies over the whole wall on purpose, such as a celebration.
  const isOverlay = (element) => getComputedStyle(element).position === "fixed";

  // Below its header a wall is filled to its padding; nothing of it may reach into that, or out of the screen.
  function outOfTheWall(wall) {
    const style = getComputedStyle(wall);
    const box = rect(wall);
    const inside = {
      left: box.left + parseFloat(style.paddingLeft), right: box.right - parseFloat(style.paddingRight),
      top: box.top + parseFloat(style.paddingTop), bottom: box.bottom - parseFloat(style.paddingBottom),
    };
    const parts = [...wall.children, ...wall.querySelectorAll(".cell, .panel")].filter((part) => fit.visible(part) && !isOverlay(part));
    const screen = { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight };
    return [...new Set(parts)].flatMap((part) => [
      ...(fit.beyond(rect(part), inside) > SLACK ? [`leaves the wall: ${fit.name(part)}`] : []),
      ...(fit.beyond(rect(part), screen) > SLACK ? [`leaves the screen: ${fit.name(part)}`] : []),
    ]);
  }

  // The wall fills the screen but for its safe margin, in the direction that binds.
  function fills(wall) {
    const margin = Number(getComputedStyle(document.documentElement).getPropertyValue("--margin") || 0) / 100;
    const shift = SHIFT_U * fit.unit() + SLACK;
    const box = rect(wall);
    const [across, down] = [margin * window.innerWidth, margin * window.innerHeight];
    const safe = { left: across, right: window.innerWidth - across, top: down, bottom: window.innerHeight - down };
    const room = { left: safe.left - shift, right: safe.right + shift, top: safe.top - shift, bottom: safe.bottom + shift };
    const spare = Math.min(safe.right - safe.left - box.width, safe.bottom - safe.top - box.height);
    return [
      ...(fit.beyond(box, room) > 0 ? ["the wall reaches into its safe margin"] : []),
      ...(spare > 2 * SLACK ? [`the wall leaves ${Math.round(spare)} px of the screen unused`] : []),
    ];
  }

  // A drawing may be clipped by its own frame (a bar by its track), but what is left of it stays in its panel.
  function drawingsOut(wall) {
    return shown(DRAWN, wall).filter((drawing) => {
      const panel = drawing.closest(".panel, .cell");
      if (!panel || drawing.closest(".chart, defs, clipPath, mask, pattern, symbol")) return false;
      const left = fit.both(drawnBox(drawing), fit.clipOf(drawing, panel));
      return (left.right - left.left > 0 || left.bottom - left.top > 0) && left.right >= left.left && left.bottom >= left.top
        && fit.beyond(left, rect(panel)) > SLACK;
    }).map((drawing) => `drawing leaves its panel: ${fit.name(drawing)} in ${fit.name(drawing.closest(".panel, .cell"))}`);
  }

  // A drawing is seen whole, or not at all where there is no room for it.
  function drawingsCut(wall) {
    return shown(WHOLE, wall).filter((drawing) => {
      if (drawing.closest(".chart")) return false;
      const box = rect(drawing);
      const left = fit.both(box, fit.clipOf(drawing));
      return has(box) && has(left) && fit.beyond(box, left) > SLACK;
    }).map((drawing) => `drawing cut: ${fit.name(drawing)} in ${fit.name(drawing.closest(".panel, .cell") || wall)}`);
  }

  function isEmpty(panel) {
    if (panel.innerText.trim()) return false;
    return !shown(DRAWN, panel).some((drawing) => has(rect(drawing)) || drawing.getTotalLength && drawing.getTotalLength() > SLACK);
  }

  // A chart is drawn to the size of its box, or says why there is none.
  fit.isDrawn = function (chart) {
    const empty = chart.parentElement.querySelector(".chart-empty");
    if (empty && fit.visible(empty) && empty.textContent.trim()) return true;
    const drawing = chart.querySelector("svg");
    return drawing !== null && ["Width", "Height"].every((side) => Math.abs(drawing[`client${side}`] - chart[`client${side}`]) <= 1);
  };

  fit.boxFaults = function () {
    const wall = fit.wall();
    if (!wall) return [];
    return [
      ...onOneAnother(wall),
      ...outOfTheWall(wall),
      ...fills(wall),
      ...drawingsOut(wall),
      ...drawingsCut(wall),
      ...shown(".panel, .cell", wall).filter(isEmpty).map((panel) => `empty: ${fit.name(panel)}`),
      ...shown("[data-chart]", wall).filter((chart) => !fit.isDrawn(chart)).map((chart) => `chart not drawn to its box: ${chart.dataset.chart}`),
    ];
  };
})(window.kpiwallFit);
