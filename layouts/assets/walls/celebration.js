/* A target that was reached is celebrated over the whole wall: calmly, once, and for six seconds at most. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const SHOWN_MS = 6000;
  const FADE_MS = 480;
  // In steps, because a screen without a GPU repaints all of it on every frame.
  const STEPS = "steps(6)";
  // More that are reached at once wait for one another no longer than this.
  const MOST_WAITING = 3;
  const KEPT = 500;
  const MEMORY = "kpiwall.celebrated";
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  const waiting = [];
  let shown = null;

  // What was reached before this page first saw its tile is old news; what it has seen stays so after a reload.
  function memory() {
    try {
      return JSON.parse(sessionStorage.getItem(MEMORY)) || { tiles: [], ids: [] };
    } catch (error) {
      return { tiles: [], ids: [] };
    }
  }

  function remember(tiles, ids) {
    sessionStorage.setItem(MEMORY, JSON.stringify({ tiles: tiles.slice(-KEPT), ids: ids.slice(-KEPT) }));
  }

  function line(name, text) {
    const element = document.createElement("div");
    element.className = `celebration-${name}`;
    element.textContent = text;
    return element;
  }

  function overlay(one) {
    const element = document.createElement("div");
    const goal = document.createElement("div");
    const words = line("words", one.words);
    element.className = "celebration";
    words.dataset.is = "good";
    words.prepend(Object.assign(document.createElement("i"), { className: "glyph" }));
    goal.className = "celebration-goal";
    goal.style.setProperty("--em", one.em);
    goal.append(line("number", one.goal), line("measure", one.measure));
    element.append(words, line("rule", ""), line("name", one.name), goal, line("unit", one.unit));
    return element;
  }

  async function show(one) {
    shown = overlay(one);
    document.body.append(shown);
    const moves = !still.matches;
    if (moves) {
      shown.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS, easing: STEPS });
      const grow = { duration: 3 * FADE_MS, easing: "steps(12)" };
      shown.querySelector(".celebration-rule").animate([{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }], grow);
    }
    await new Promise((done) => window.setTimeout(done, SHOWN_MS - FADE_MS));
    if (moves) await shown.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE_MS, easing: STEPS }).finished;
    shown.remove();
    shown = null;
    next();
  }

  function next() {
    if (!shown && waiting.length) show(waiting.shift());
  }

  // A scene that is being made ready has its turn first.
  function whenSeen(element, act) {
    if (!element.isConnected) return;
    if (element.closest(".unseen")) return void window.setTimeout(() => whenSeen(element, act), 500);
    act();
  }

  // `reached` are all targets that stand reached, the newest first; those never seen before are celebrated.
  kpiwall.celebrate = function (element, reached) {
    const page = element.closest("[data-push]");
    const tile = `${page.dataset.push} ${element.closest("[data-scope]").dataset.scope}`;
    const known = memory();
    const fresh = (reached || []).filter((one) => !known.ids.includes(one.id));
    if (known.tiles.includes(tile) && !fresh.length) return;
    remember([...known.tiles.filter((name) => name !== tile), tile], [...known.ids, ...fresh.map((one) => one.id)]);
    if (!known.tiles.includes(tile)) return;
    whenSeen(element, () => {
      waiting.push(...fresh.slice(0, MOST_WAITING - waiting.length));
      next();
    });
  };
})(window.kpiwall);
