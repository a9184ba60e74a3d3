/* Faults of what is written: places that nothing was put in, and characters that no font has. */
"use strict";
(function (fit) {
  const PLACEHOLDER = /\b(undefined|NaN|null|Infinity)\b|\bNone\b(?!\s+[a-z])|\{\w+\}|\[object |\uFFFD/;
  // Nobody has a glyph for this one: it is not assigned.
  const UNASSIGNED = "\u0378";
  const SIZE = 32;
  const pictures = new Map();

  function picture(font, char) {
    const canvas = fit.canvas;
    if (canvas.canvas.width !== 2 * SIZE) canvas.canvas.width = canvas.canvas.height = 2 * SIZE;
    canvas.clearRect(0, 0, 2 * SIZE, 2 * SIZE);
    canvas.font = font;
    canvas.fillStyle = "#000";
    canvas.fillText(char, SIZE / 2, 1.4 * SIZE);
    return canvas.getImageData(0, 0, 2 * SIZE, 2 * SIZE).data.filter((_, index) => index % 4 === 3).join();
  }

  function widthOf(font, char) {
    fit.canvas.font = font;
    return fit.canvas.measureText(char).width;
  }

  // Whether a character is drawn as the box that stands for a missing one; of the same width, few others are.
  function isTofu(font, char) {
    const key = font + char;
    if (!pictures.has(key)) {
      const wide = Math.abs(widthOf(font, char) - widthOf(font, UNASSIGNED)) < 0.01;
      pictures.set(key, wide && picture(font, char) === picture(font, UNASSIGNED));
    }
    return pictures.get(key);
  }

  function tofu(texts) {
    const seen = new Map();
    texts.forEach(({ words, style, element }) => {
      const font = `${style.fontStyle} ${style.fontWeight} ${SIZE}px ${style.fontFamily}`;
      for (const char of words) if (/[^\s\u200b-\u200f\u2060\ufe0f]/.test(char)) seen.set(font + char, [font, char, element]);
    });
    return [...seen.values()].filter(([font, char]) => isTofu(font, char)).map(([, char, element]) => {
      return `no font has “${char}” U+${char.codePointAt(0).toString(16).toUpperCase()}: ${fit.name(element)}`;
    });
  }

  fit.wordFaults = (texts) => [
    ...texts.filter(({ words }) => PLACEHOLDER.test(words)).map(({ element }) => `placeholder: ${fit.name(element)}`),
    ...tofu(texts),
  ];
})(window.kpiwallFit);
