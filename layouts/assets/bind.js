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

  // Rows wait for one another, so that all swap in one movement.
  function newOrders() {
    const waiting = new Map();
    let last = -Infinity;
    let timer = 0;

    function apply() {
      timer = 0;
      last = performance.now();
      waiting.forEach((slot, element) => place(element, slot));
      waiting.clear();
    }

    function set(element, slot) {
      waiting.set(element, slot);
      const wait = last + ORDER_MS - performance.now();
      if (wait <= 0) apply();
      else if (!timer) timer = window.setTimeout(apply, wait);
    }

    return { set, clear: () => window.clearTimeout(timer) };
  }

  function place(element, slot) {
    const hidden = absent(slot) || Number(slot) < 0;
    element.style.opacity = hidden ? "0" : "1";
    element.style.visibility = hidden ? "hidden" : "";
    if (!hidden) element.style.transform = `translateY(${Number(slot) * 100}%)`;
  }

  function setSpark(element, view, key) {
    const points = view[`${key}.spark`];
    const target = view[`${key}.spark_target`];
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
    arc: (element, value) => { element.style.strokeDashoffset = 1 - (Number(value) || 0); },
    turn: (element, value) => { element.style.transform = `rotate(${Number(value) || 0}deg)`; },
    has: (element, value) => setAttribute(element, "data-off", absent(value) ? "1" : "0"),
    link: (element, value) => {
      if (absent(value)) element.removeAttribute("href");
      else setAttribute(element, "href", value);
    },
    celebrate: (element, value) => kpiwall.celebrate(element, value),
    em: (element, value) => element.style.setProperty("--em", value || 1),
    grow: (element, value) => { element.style.flexGrow = value || 0; },
    chart: (element, value) => kpiwall.drawChart(element, value),
    sort: (element, value) => { element.style.order = value === null ? 0 : value; },
    flag: (element, value) => setAttribute(element, "data-on", value ? "1" : "0"),
    sizeKey: (element, value) => setAttribute(element, "data-size", value),
    redKey: (element, value) => setAttribute(element, "data-red", value),
    span: (element, value) => {
      element.style.transform = value ? `translateX(${percent(value[0])}%) scaleX(${value[1]})` : "scaleX(0)";
    },
    paths: (element, value) => {
      for (const path of element.children) setAttribute(path, "d", (value || {})[path.dataset.part]);
    },
    age: (element, value) => {
      setAttribute(element, "data-ms", value);
      kpiwall.tickAge(element);
    },
  };

  const attributeOf = (name) => "data-" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());

  kpiwall.setDigits = setDigits;

  // In a tile of a composed scene the key is the tile's own: the scene's view has it under the tile's prefix.
  function keyOf(element, key) {
    const tile = element.closest("[data-scope]");
    return tile ? `${tile.dataset.scope}:${key}` : key;
  }

  function bindings(root, orders) {
    const bound = new Map();
    const add = (element, key, apply) => {
      const full = keyOf(element, key);
      if (!bound.has(full)) bound.set(full, []);
      bound.get(full).push(apply);
    };
    const all = { ...actions, slot: orders.set };
    Object.entries(all).forEach(([name, act]) => {
      const attribute = attributeOf(name);
      const found = [...root.querySelectorAll(`[${attribute}]`), ...(root.hasAttribute(attribute) ? [root] : [])];
      found.forEach((element) => add(element, element.getAttribute(attribute), (value) => act(element, value)));
    });
    root.querySelectorAll("[data-spark]").forEach((element) => {
      const prefix = keyOf(element, element.dataset.spark);
      ["spark", "spark_target"].forEach((name) => {
        add(element, `${element.dataset.spark}.${name}`, (value, view) => setSpark(element, view, prefix));
      });
    });
    return bound;
  }

  function prepare(root) {
    root.querySelectorAll("[data-spark]").forEach((element) => kpiwall.drawSpark(element));
    root.querySelectorAll("[data-digits]").forEach((element) => setDigits(element, element.textContent));
    root.querySelectorAll("[data-slot]").forEach((element) => place(element, element.dataset.order));
    root.querySelectorAll("[data-chart]").forEach((element) => kpiwall.drawChart(element, JSON.parse(element.dataset.figure)));
  }

  // Binds what is below an element; `apply` takes frames, `clear` lets go of timers and charts.
  kpiwall.bind = function (root) {
    const orders = newOrders();
    const bound = bindings(root, orders);
    let waiting = null;
    let gone = false;
    prepare(root);

    // Latest wins: frames that arrive before the browser paints are merged into one.
    function apply(view) {
      if (waiting) return void Object.assign(waiting, view);
      waiting = { ...view };
      window.requestAnimationFrame(() => {
        const frame = waiting;
        waiting = null;
        if (gone) return;
        Object.keys(frame).forEach((key) => (bound.get(key) || []).forEach((act) => act(frame[key], frame)));
      });
    }

    function clear() {
      gone = true;
      orders.clear();
      root.querySelectorAll("[data-chart]").forEach((element) => kpiwall.forgetChart(element));
    }

    return { apply, clear };
  };
})(window.kpiwall);
