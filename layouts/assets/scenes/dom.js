/* What all of the scene editor uses: elements, words, requests, and comparing what is written in another order. */
"use strict";
window.kpiwall = window.kpiwall || {};
window.kpiwall.scenes = {};
(function (scenes) {
  const SVG = "http://www.w3.org/2000/svg";
  let said = {};

  // make("button", { class: "x", onclick: act, "aria-pressed": true }, "text", child)
  scenes.make = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value === undefined || value === null || value === false) return;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "value" || name === "checked") element[name] = value;
      else element.setAttribute(name, value === true ? "" : value);
    });
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };

  scenes.drawing = function (path, css) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", css);
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  scenes.speak = (texts) => { said = texts; };
  scenes.say = (key, values) => (said[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (values || {})[name] ?? whole);

  scenes.button = (text, act, css, more) => {
    return scenes.make("button", { type: "button", class: `button ${css || ""}`.trim(), onclick: act, ...more }, text);
  };

  // A row of choices of which one is taken; `pick` is told its value.
  scenes.segments = function (label, choices, chosen, pick) {
    const parts = choices.map(([value, text]) => scenes.make("button", {
      type: "button", class: "segment", "aria-pressed": String(value === chosen), "data-value": value,
      onclick: () => pick(value),
    }, text));
    return scenes.make("div", { class: "segments", role: "group", "aria-label": label }, parts);
  };

  scenes.line = (level, text, css) => scenes.make(
    "div", { class: `notice-line ${css || ""}`.trim(), "data-is": level === "error" ? "bad" : level },
    scenes.make("i", { class: "glyph" }), scenes.make("div", {}, text),
  );

  scenes.textIn = function (text, language) {
    if (!text || typeof text === "string") return text || "";
    return text[language] || text.en || Object.values(text)[0] || "";
  };

  // The same content gives the same text, whatever the order of its keys.
  scenes.written = (value) => JSON.stringify(value, (_, part) => (
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.keys(part).sort().map((key) => [key, part[key]])) : part
  ));

  // {status, content}; throws where no server answers.
  scenes.post = async function (name, content, signal) {
    const answer = await fetch(`/desk/scenes/${name}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content), signal,
    });
    const told = await answer.json().catch(() => ({ error: String(answer.status) }));
    return { status: answer.status, content: told };
  };
})(window.kpiwall.scenes);
