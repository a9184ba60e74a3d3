/* What is painted at a point of the page: the colours of everything below an element, put over one another. */
"use strict";
(function (fit) {
  const known = new Map();

  // Any colour of CSS as [red, green, blue, alpha], the last from 0 to 1: the browser itself reads it.
  fit.colour = function (text) {
    if (known.has(text)) return known.get(text);
    const canvas = fit.canvas;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = "rgba(0, 0, 0, 0)";
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    known.set(text, [red, green, blue, alpha / 255]);
    return known.get(text);
  };

  fit.hex = (colour) => "#" + colour.slice(0, 3).map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("");

  fit.css = (text) => `rgb(${fit.colour(text).slice(0, 3).join(", ")})`;

  fit.over = function (front, back) {
    const alpha = front[3];
    return [0, 1, 2].map((channel) => front[channel] * alpha + back[channel] * (1 - alpha)).concat(1);
  };

  function luminance(colour) {
    const [red, green, blue] = colour.map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  // The contrast of two opaque colours by WCAG 2.
  fit.contrast = function (one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  fit.opacityOf = (element) => (element ? fit.once(element, "opacity", () => {
    return Number(getComputedStyle(element).opacity) * fit.opacityOf(element.parentElement);
  }) : 1);

  const faded = (colour, opacity) => [colour[0], colour[1], colour[2], colour[3] * opacity];
  const CLEAR = [0, 0, 0, 0];

  // The colours of a gradient or a pattern; what is between them shows what is below.
  function stripes(text) {
    return (text.match(/(rgba?|color|oklch|hsla?)\([^()]*\)|#[0-9a-f]{3,8}/gi) || []).map(fit.colour);
  }

  const paintOf = (paint, opacity) => {
    if (paint === "none") return [CLEAR];
    const colours = paint.startsWith("url(") ? patternColours(paint) : [fit.colour(paint)];
    return colours.map((colour) => faded(colour, Number(opacity)));
  };

  function patternColours(reference) {
    const id = /url\(["']?#([^"')]+)/.exec(reference);
    const pattern = id && document.getElementById(id[1]);
    const parts = pattern ? [...pattern.querySelectorAll("*")].map((part) => getComputedStyle(part)) : [];
    return [CLEAR, ...parts.flatMap((style) => [
      ...paintOf(style.fill, style.fillOpacity * style.opacity), ...paintOf(style.stroke, style.strokeOpacity * style.opacity),
    ])];
  }

  const fills = (shape, style, x, y) => {
    return style.fill !== "none" && shape.isPointInFill(new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse()));
  };

  // Which paint of a shape lies at a point of the screen: its fill, or else its stroke.
  fit.shapePaint = function (shape, style, x, y) {
    return fills(shape, style, x, y) ? paintOf(style.fill, style.fillOpacity) : paintOf(style.stroke, style.strokeOpacity);
  };

  // The colours that an element may have at a point, without its opacity.
  function paints(element, x, y) {
    if (element instanceof SVGGeometryElement) return fit.shapePaint(element, getComputedStyle(element), x, y);
    return fit.once(element, "paint", boxPaint);
  }

  function boxPaint(element) {
    const style = getComputedStyle(element);
    if (!(element instanceof HTMLElement) || style.maskImage !== "none") return [CLEAR];
    const ground = fit.colour(style.backgroundColor);
    const drawn = style.backgroundImage.includes("gradient(") ? stripes(style.backgroundImage) : [];
    return [ground, ...drawn.map((stripe) => (ground[3] ? fit.over(stripe, ground) : stripe))];
  }

  const isSolid = (element, x, y) => fit.opacityOf(element) > 0.5 && paints(element, x, y).every((colour) => colour[3] > 0.5);

  // What lies at a point, from the front: `covers` are opaque strangers before the element,
  // `behind` the colours after it, `ground` the same without lines.
  fit.pointAt = function (element, x, y) {
    const all = document.elementsFromPoint(x, y);
    const place = all.indexOf(element);
    if (place < 0) return null;
    const strangers = all.slice(0, place).filter((one) => !one.contains(element) && !element.contains(one));
    return {
      covers: strangers.filter((one) => isSolid(one, x, y)),
      behind: (own) => behind(all.slice(own ? place : place + 1), x, y),
      ground: () => behind(all.slice(place + 1).filter((one) => !isLine(one, x, y)), x, y),
    };
  };

  // A line that a mark sits on is no ground: the mark is wider than it.
  const isLine = (element, x, y) => element instanceof SVGGeometryElement && !fills(element, getComputedStyle(element), x, y);

  function behind(layers, x, y) {
    let colours = [[255, 255, 255, 1]];
    layers.reverse().forEach((layer) => {
      const opacity = fit.opacityOf(layer);
      const fronts = opacity === 0 ? [CLEAR] : paints(layer, x, y).map((colour) => faded(colour, opacity));
      const seen = new Map(fronts.flatMap((front) => colours.map((back) => fit.over(front, back))).map((one) => [fit.hex(one), one]));
      colours = [...seen.values()];
    });
    return colours;
  }

  // For the time of a look everything can be hit, pseudo-elements excepted: they would pass for their element.
  const HIT = new CSSStyleSheet();
  HIT.replaceSync("*{pointer-events:auto!important}*::before,*::after{pointer-events:none!important}");

  fit.hittable = function (act) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, HIT];
    try {
      return act();
    } finally {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== HIT);
    }
  };
})(window.kpiwallFit);
