/* Applies a view (flat keys) to the elements that name its keys; touches only what differs, once per frame. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // Ranks may swap this often at most: faster and nobody can follow a row.
  const ORDER_MS = 5000;
  const LEAST_MOVE = 0.25;
  // In steps, because a screen without a GPU repaints on every frame of a smooth fade.
  const DIGIT_FADE = { duration: 160, easing: "steps(3)" };
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  let bound = new Map();
  let waiting = null;
  let lastOrder = -Infinity;
  let orderTimer = 0;
  const orders = new Map();

  const percent = (value) => Math.round((Number(value) || 0) * 10000) / 100;
  const absent = (value) => value === null || value === undefined || value === "" || value === false;

  function setText(element, value) {
    const text = absent(value) ? "" : String(value);
    if (element.dataset.digits) return setDigits(element, text);
    if (element.textContent !== text) element.textContent = text;
  }

  // One span per character, so that only a changed digit fades and nothing around it is laid out again.
  function setDigits(element, text) {
    if (element.dataset.shown === text) return;
    const first = element.dataset.shown === undefined;
    element.dataset.shown = text;
    if (first || element.children.length !== text.length) {
      element.replaceChildren(...Array.from(text, (char) => {
        const span = document.createElement("span");
        span.textContent = char;
        if (!/\d/.test(char)) span.className = "mark";
        return span;
      }));
      return;
    }
    let fading = element;
    const changed = Array.from(text).filter((char, index) => {
      const span = element.children[index];
      if (span.textContent === char) return false;
      span.textContent = char;
      span.className = /\d/.test(char) ? "" : "mark";
      fading = span;
      return true;
    });
    // Every fade is a layer of its own to a screen without a GPU: where several digits change, the number fades as one.
    if (changed.length > 1) fading = element;
    if (changed.length && !still.matches) fading.animate([{ opacity: 0.25 }, { opacity: 1 }], DIGIT_FADE);
  }

  function setAttribute(element, name, value) {
    const text = absent(value) ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }

  function setStatus(element, value) {
    const before = element.getAttribute("data-is");
    setAttribute(element, "data-is", value);
    const lights = value === "bad" && before && before !== "bad" && element.classList.contains("tile");
    if (lights && !still.matches) {
      element.animate([{ opacity: 0.45 }, { opacity: 0 }], { duration: 600, pseudoElement: "::after" });
    }
  }

  // A bar moves once it has a quarter of a percent to go: less is under a pixel, and a move costs a dozen frames.
  function move(element, share) {
    const shown = Number(element.dataset.moved);
    if (element.dataset.moved !== undefined && Math.abs(shown - share) < LEAST_MOVE) return;
    element.dataset.moved = share;
    const transform = `translateX(${share}%)`;
    if (element.style.transform !== transform) element.style.transform = transform;
  }

  function setOrder(element, value) {
    orders.set(element, value);
    const wait = lastOrder + ORDER_MS - performance.now();
    if (wait <= 0) applyOrders();
    else if (!orderTimer) orderTimer = window.setTimeout(applyOrders, wait);
  }

  function applyOrders() {
    orderTimer = 0;
    lastOrder = performance.now();
    orders.forEach((slot, element) => place(element, slot));
    orders.clear();
  }

  function place(element, slot) {
    const hidden = absent(slot) || Number(slot) < 0;
    element.style.opacity = hidden ? "0" : "1";
    element.style.visibility = hidden ? "hidden" : "";
    if (!hidden) element.style.transform = `translateY(${Number(slot) * 100}%)`;
  }

  function setSpark(element, view, prefix) {
    const points = view[`${prefix}.spark`];
    const target = view[`${prefix}.spark_target`];
    if (points !== undefined) element.dataset.points = (points || []).map((y) => (y === null ? "" : y)).join(",");
    if (target !== undefined) element.dataset.target = target === null ? "" : target;
    kpiwall.drawSpark(element);
  }

  // attribute that names the key -> what a new value does to the element
  const actions = {
    text: setText,
    status: setStatus,
    fresh: (element, value) => setAttribute(element, "data-live", value),
    fill: (element, value) => move(element, percent(value) - 100),
    at: (element, value) => move(element, percent(value)),
    has: (element, value) => setAttribute(element, "data-off", absent(value) ? "1" : "0"),
    link: (element, value) => {
      if (absent(value)) element.removeAttribute("href");
      else setAttribute(element, "href", value);
    },
    grow: (element, value) => { element.style.flexGrow = value || 0; },
    slot: setOrder,
    sort: (element, value) => { element.style.order = value === null ? 0 : value; },
    flag: (element, value) => setAttribute(element, "data-on", value ? "1" : "0"),
    sizeKey: (element, value) => setAttribute(element, "data-size", value),
    redKey: (element, value) => setAttribute(element, "data-red", value),
    span: (element, value) => {
      element.style.transform = value ? `translateX(${percent(value[0])}%) scaleX(${value[1]})` : "scaleX(0)";
    },
    age: (element, value) => {
      setAttribute(element, "data-ms", value);
      kpiwall.tickAge(element);
    },
  };

  const attributeOf = (name) => "data-" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());

  kpiwall.setDigits = setDigits;

  kpiwall.bind = function (root) {
    bound = new Map();
    const add = (key, apply) => {
      if (!bound.has(key)) bound.set(key, []);
      bound.get(key).push(apply);
    };
    Object.entries(actions).forEach(([name, act]) => {
      const attribute = attributeOf(name);
      root.querySelectorAll(`[${attribute}]`).forEach((element) => {
        add(element.getAttribute(attribute), (value) => act(element, value));
      });
      if (root.hasAttribute(attribute)) add(root.getAttribute(attribute), (value) => act(root, value));
    });
    root.querySelectorAll("[data-spark]").forEach((element) => {
      const prefix = element.dataset.spark;
      kpiwall.drawSpark(element);
      [`${prefix}.spark`, `${prefix}.spark_target`].forEach((key) => {
        add(key, (value, view) => setSpark(element, view, prefix));
      });
    });
    root.querySelectorAll("[data-digits]").forEach((element) => setDigits(element, element.textContent));
    root.querySelectorAll("[data-slot]").forEach((element) => place(element, element.dataset.order));
  };

  // Latest wins: frames that arrive before the browser paints are merged into one.
  kpiwall.apply = function (view) {
    if (waiting) return void Object.assign(waiting, view);
    waiting = { ...view };
    window.requestAnimationFrame(() => {
      const frame = waiting;
      waiting = null;
      Object.keys(frame).forEach((key) => (bound.get(key) || []).forEach((apply) => apply(frame[key], frame)));
      if (frame["trend.figure"] !== undefined) kpiwall.showChart(frame["trend.figure"]);
    });
  };
})(window.kpiwall);
