/* Faults of contrast, by WCAG 2.2 AA: text against what is behind it, bars and marks against their ground. */
"use strict";
(function (fit) {
  const TEXT = 4.5;
  const LARGE = 3;
  const MARK = 3;
  // A colour thinner than this is a tint.
  const TINT = 0.5;
  // Large is from here on, in u and in bold.
  const LARGE_U = 24;
  const STATUS = ["--good", "--watch", "--bad", "--off", "--accent"];
  // Where in a line or a box it is looked at.
  const SHARES = [0.1, 0.5, 0.9];

  const rounded = (ratio) => (Math.floor(ratio * 100) / 100).toFixed(2);

  function inks(text) {
    const { element, style } = text;
    const isSvg = element instanceof SVGElement;
    const colour = fit.colour(isSvg ? style.fill : style.color);
    const share = isSvg ? Number(style.fillOpacity) : 1;
    return [...colour.slice(0, 3), colour[3] * share * fit.opacityOf(element)];
  }

  // A halo is what a label on a map stands on.
  function halo(text) {
    const { element, style } = text;
    const drawn = element instanceof SVGElement && style.paintOrder.startsWith("stroke") && style.stroke !== "none";
    return drawn ? [fit.colour(style.stroke)] : null;
  }

  function lookAt(text) {
    const found = [];
    const ink = inks(text);
    // A single character has one middle.
    const shares = text.words.length > 1 ? SHARES : [0.5];
    text.lines.forEach((line) => shares.forEach((share) => {
      const x = line.left + share * (line.right - line.left);
      const point = fit.pointAt(text.element, x, (line.top + line.bottom) / 2);
      if (!point) return;
      const grounds = halo(text) || point.behind(!(text.element instanceof SVGElement));
      found.push(...grounds.map((ground) => ({ ratio: fit.contrast(fit.over(ink, ground), ground), ground })));
      point.covers.forEach((cover) => found.push({ ratio: 0, cover }));
    }));
    return found.sort((a, b) => a.ratio - b.ratio)[0];
  }

  function textFault(text) {
    const large = text.size >= LARGE_U * fit.unit() - 0.05 && Number(text.style.fontWeight) >= 700;
    const needed = large ? LARGE : TEXT;
    const worst = lookAt(text);
    if (!worst || worst.ratio >= needed) return [];
    if (worst.cover) return [`covered by ${fit.name(worst.cover)}: ${fit.name(text.element)}`];
    const colours = `${fit.hex(inks(text))} on ${fit.hex(worst.ground)}`;
    return [`contrast ${rounded(worst.ratio)}, needs ${needed}, ${colours}: ${fit.name(text.element)}`];
  }

  const statusOf = (style) => STATUS.map((token) => fit.hex(fit.colour(style.getPropertyValue(token).trim())));

  // Points of what can be seen of a box; of a path also points along it, where it has no inside.
  function pointsOf(mark) {
    const box = fit.both(mark.getBoundingClientRect(), fit.clipOf(mark));
    if (isShape(mark)) return alongOf(mark).filter(([x, y]) => fit.beyond({ left: x, right: x, top: y, bottom: y }, box) <= 0);
    if (box.right - box.left < 2 || box.bottom - box.top < 2) return [];
    return SHARES.map((share) => [box.left + share * (box.right - box.left), (box.top + box.bottom) / 2]);
  }

  function alongOf(shape) {
    const length = shape.getTotalLength();
    if (!length) return [];
    const matrix = shape.getScreenCTM();
    const box = shape.getBoundingClientRect();
    const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    return [middle, ...SHARES.map((share) => {
      const point = shape.getPointAtLength(share * length).matrixTransform(matrix);
      return [point.x, point.y];
    })];
  }

  const isShape = (mark) => mark instanceof SVGGeometryElement;

  // Whether a mark may have a colour of status at all.
  function carries(mark, style) {
    const paints = isShape(mark) ? [style.fill, style.stroke] : [style.maskImage === "none" ? style.backgroundColor : "none"];
    const drawn = paints.filter((paint) => paint !== "none" && paint !== "rgba(0, 0, 0, 0)" && !paint.startsWith("url("));
    return drawn.length > 0 && drawn.some((paint) => statusOf(style).includes(fit.hex(fit.colour(paint))));
  }

  // The colours of status that a mark has at a point; a tint of one carries no meaning.
  function statusPaints(mark, style, x, y) {
    const status = statusOf(style);
    const paints = isShape(mark) ? fit.shapePaint(mark, style, x, y) : [fit.colour(style.backgroundColor)];
    return paints.map((paint) => [...paint.slice(0, 3), paint[3] * fit.opacityOf(mark)])
      .filter((paint) => paint[3] >= TINT && status.includes(fit.hex(paint)));
  }

  function markFault(mark) {
    const style = getComputedStyle(mark);
    if (!carries(mark, style)) return [];
    const found = pointsOf(mark).flatMap(([x, y]) => {
      const point = fit.pointAt(mark, x, y);
      if (!point || point.covers.length) return [];
      return statusPaints(mark, style, x, y).flatMap((paint) => point.ground().map((ground) => {
        const shown = fit.over(paint, ground);
        return { ratio: fit.contrast(shown, ground), shown, ground };
      }));
    });
    const worst = found.sort((a, b) => a.ratio - b.ratio)[0];
    if (!worst || worst.ratio >= MARK) return [];
    return [`mark contrast ${rounded(worst.ratio)}, needs ${MARK}, ${fit.hex(worst.shown)} on ${fit.hex(worst.ground)}: ${fit.name(mark)}`];
  }

  fit.contrastFaults = (texts) => fit.hittable(() => {
    const wall = fit.wall();
    const marks = wall ? [...wall.querySelectorAll("i, div, b, span, path, rect, circle, line, polyline, polygon")] : [];
    const drawn = marks.filter((mark) => !mark.closest("defs, clipPath, mask, pattern, symbol") && fit.visible(mark));
    return [...texts.flatMap(textFault), ...drawn.flatMap(markFault)];
  });
})(window.kpiwallFit);
