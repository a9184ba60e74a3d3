/* Everything that a wall promises of its picture; the faults found, in words, none twice. */
"use strict";
window.kpiwallFit.faults = async function () {
  const fit = window.kpiwallFit;
  fit.look();
  const texts = fit.texts();
  const glyphs = await fit.glyphFaults();
  return [...new Set([
    ...fit.textFaults(texts), ...fit.boxFaults(), ...fit.contrastFaults(texts), ...fit.wordFaults(texts), ...glyphs,
  ])];
};

/* Whether a wall has come to rest: nothing loads, fades or moves any more, and its charts have the size of their boxes. */
window.kpiwallFit.settled = function () {
  const wall = document.querySelector(".stage:not(.unseen) .wall");
  const clock = wall && wall.querySelector("[data-clock]");
  if (!clock || !clock.textContent.trim() || document.querySelector(".stage.unseen")) return false;
  if (document.fonts.status !== "loaded" || document.getAnimations().some((one) => one.playState === "running")) return false;
  return [...wall.querySelectorAll("[data-chart]")].every((chart) => !chart.clientWidth || window.kpiwallFit.isDrawn(chart));
};
