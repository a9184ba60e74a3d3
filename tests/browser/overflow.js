/* Faults of text that a picture of a page may have: cut, outside its panel, wider than its box, too small, on other text. */
"use strict";
// Lines whose last or first part wraps out of sight where there is no room for it.
var WRAPPING = ".change-rows, .change-pages, .change, .exception-detail, .objective-weight, .segment-name, .own, .trend-line, .lines-title, .bars-detail, .heat-note, .trend-detail";

window.kpiwallFit = window.kpiwallFit || {};
(function (fit) {
  const ROOMS = ".panel, .cell, .card, .header, .objective, .home, .phone";
  const BOXES = ".tile-head, .amount, .detail, .hero-head, .facts, .panel-head, .rank-name, .exception, .header, .objective, .change-sources, .card-head, .child";
  // A pixel is lost to rounding: at 720p a hairline is no more.
  const SLACK = 1;
  // A wall's smallest type in u, and a page's in px; look.md of the design.
  const SMALLEST_U = 18;
  const SMALLEST_PX = 12;

  fit.wall = () => fit.once(document.body, "wall", () => document.querySelector(".stage:not(.unseen) .wall, .wall"));
  fit.unit = () => fit.once(document.body, "unit", () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 10);

  // What a person would call an element, in the text of a fault.
  fit.name = function (element) {
    const css = element.getAttribute("class");
    return `${element.tagName.toLowerCase()}${css ? "." + css.trim().replace(/\s+/g, ".") : ""} “${element.textContent.trim().slice(0, 40)}”`;
  };

  fit.visible = function (element) {
    if (element.closest(".unseen") || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    return getComputedStyle(element).color !== "rgba(0, 0, 0, 0)";
  };

  // What is asked of an element again and again is kept for the time of a look, in which nothing changes.
  let kept = new Map();
  fit.look = () => void (kept = new Map());
  fit.once = function (element, what, ask) {
    if (!kept.has(what)) kept.set(what, new WeakMap());
    const answers = kept.get(what);
    if (!answers.has(element)) answers.set(element, ask(element));
    return answers.get(element);
  };

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  fit.canvas = canvas;

  // Where the ink of a text lies in its line: shares of the line's height from the top; the line is as high as the font.
  function inkOf(text, style) {
    canvas.font = `${style.fontStyle} ${style.fontWeight} 100px ${style.fontFamily}`;
    const size = canvas.measureText(text);
    const whole = size.fontBoundingBoxAscent + size.fontBoundingBoxDescent;
    return [
      (size.fontBoundingBoxAscent - size.actualBoundingBoxAscent) / whole,
      (size.fontBoundingBoxAscent + size.actualBoundingBoxDescent) / whole,
    ];
  }

  function linesOf(node, style) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const [top, bottom] = inkOf(node.textContent.trim(), style);
    return [...range.getClientRects()].filter((line) => line.width > 0).map((line) => ({
      left: line.left, right: line.right, top: line.top + top * line.height, bottom: line.top + bottom * line.height,
    }));
  }

  // All visible texts: their element, the boxes of their ink line by line, and their size in px of the screen.
  fit.texts = function () {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.textContent.trim() || element.closest("script, style, template") || !fit.visible(element)) continue;
      const style = getComputedStyle(element);
      const lines = linesOf(node, style);
      const size = parseFloat(style.fontSize) * (element.getScreenCTM ? Math.abs(element.getScreenCTM().d) : 1);
      const [words, room, number] = [node.textContent.trim(), element.closest(ROOMS), element.closest(".number")];
      if (lines.length) found.push({ element, style, lines, size, words, room, number });
    }
    return found;
  };

  // A part may wrap away within a line that has wrapped away itself.
  function wrapsAway(element, line) {
    for (let rows = element.closest(WRAPPING); rows; rows = rows.parentElement.closest(WRAPPING)) {
      const room = rows.getBoundingClientRect();
      const away = line.top >= room.bottom - 2 || line.bottom <= room.top + 2;
      if (away && getComputedStyle(rows).flexWrap !== "nowrap") return true;
    }
    return false;
  }

  // How far a box reaches out of another, at its worst side.
  fit.beyond = (box, room) => Math.max(room.left - box.left, box.right - room.right, room.top - box.top, box.bottom - room.bottom);

  const EVERYWHERE = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  const HOLDS_FIXED = (style) => style.transform !== "none" || style.filter !== "none" || /paint|layout|strict|content/.test(style.contain);
  const HOLDS_ABSOLUTE = (style) => style.position !== "static" || style.containerType !== "normal" || HOLDS_FIXED(style);

  function ownClip(element, style) {
    const svg = element.tagName.toLowerCase() === "svg";
    if (!svg && !(element instanceof HTMLElement) || style.display === "inline" || style.display === "contents") return EVERYWHERE;
    const painted = /paint|strict|content/.test(style.contain);
    const cuts = (overflow) => painted || overflow === "hidden" || overflow === "clip" || (fit.wall() !== null && overflow !== "visible");
    const box = element.getBoundingClientRect();
    const left = box.left + element.clientLeft;
    const top = box.top + element.clientTop;
    const [across, down] = [cuts(style.overflowX), cuts(style.overflowY)];
    return {
      left: across ? left : -Infinity, right: across ? left + (svg ? box.width : element.clientWidth) : Infinity,
      top: down ? top : -Infinity, bottom: down ? top + (svg ? box.height : element.clientHeight) : Infinity,
    };
  }

  const both = (a, b) => ({
    left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
  });
  fit.both = both;

  // The screen itself cuts a wall; a page that scrolls is cut by nothing below.
  function screenClip() {
    const still = getComputedStyle(document.documentElement).overflowY === "hidden";
    return { left: 0, right: window.innerWidth, top: still ? 0 : -Infinity, bottom: still ? window.innerHeight : Infinity };
  }

  const frameOf = (element) => fit.once(element, "frame", () => {
    const style = getComputedStyle(element);
    return { position: style.position, clip: ownClip(element, style), absolute: HOLDS_ABSOLUTE(style), fixed: HOLDS_FIXED(style) };
  });

  // What can be seen of the content of an element's ancestors: each that clips takes its part away.
  fit.clipOf = function (element, within) {
    let clip = within ? EVERYWHERE : screenClip();
    let position = frameOf(element).position;
    for (let above = element.parentElement; above && above !== document.body && above !== within; above = above.parentElement) {
      const frame = frameOf(above);
      if (position === "absolute" && !frame.absolute || position === "fixed" && !frame.fixed) continue;
      clip = both(clip, frame.clip);
      position = frame.position;
    }
    return clip;
  };

  function faultsOf(text) {
    const { element, size } = text;
    const found = [];
    const u = fit.unit();
    const smallest = fit.wall() ? SMALLEST_U * u : SMALLEST_PX;
    if (size < smallest - 0.05) found.push(`small type ${(size / u).toFixed(1)} u: ${fit.name(element)}`);
    const lines = text.lines.filter((line) => !wrapsAway(element, line));
    const room = (text.room || document.body).getBoundingClientRect();
    if (lines.some((line) => fit.beyond(line, room) > SLACK)) found.push(`outside its panel: ${fit.name(element)}`);
    const clip = both(fit.clipOf(element), frameOf(element).clip);
    const cut = lines.filter((line) => fit.beyond(line, clip) > SLACK + 0.02 * size);
    const gone = cut.filter((line) => line.top >= clip.bottom || line.bottom <= clip.top || line.left >= clip.right || line.right <= clip.left);
    if (cut.length) found.push(`${gone.length ? "out of sight" : "cut"}: ${fit.name(element)}`);
    return found;
  }

  function collide(one, other) {
    if (one.element === other.element || (!fit.wall() && one.room !== other.room)) return false;
    if (one.number && one.number === other.number) return false;
    return one.lines.some((a) => other.lines.some((b) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return across > SLACK && down > SLACK && !wrapsAway(one.element, a) && !wrapsAway(other.element, b);
    }));
  }

  function collisions(texts) {
    return texts.flatMap((one, index) => texts.slice(index + 1).filter((other) => collide(one, other)).map((other) => {
      return `texts collide: ${fit.name(one.element)} / ${fit.name(other.element)}`;
    }));
  }

  // A wall never scrolls; another page only downwards.
  function scrolling() {
    const found = document.documentElement.scrollWidth > window.innerWidth + 1 ? ["the page scrolls sideways"] : [];
    if (!fit.wall()) return found;
    const scrolls = [...document.querySelectorAll(".stages *, .wall, .wall *")].filter((element) => {
      const style = getComputedStyle(element);
      const across = /auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth;
      return across || /auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight;
    });
    return found.concat(scrolls.map((element) => `scrolls: ${fit.name(element)}`));
  }

  fit.textFaults = function (texts) {
    const wide = [...document.querySelectorAll(BOXES)].filter((box) => fit.visible(box) && box.scrollWidth > box.clientWidth + 1);
    return [
      ...texts.flatMap(faultsOf),
      ...wide.map((box) => `wider than its box: ${fit.name(box)}`),
      ...scrolling(),
      ...collisions(texts),
    ];
  };
})(window.kpiwallFit);

function kpiwallOverflow() {
  window.kpiwallFit.look();
  return [...new Set(window.kpiwallFit.textFaults(window.kpiwallFit.texts()))];
}
