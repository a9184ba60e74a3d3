/* Light or dark before anything is painted: as the device has it, unless this device was told otherwise. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const KEY = "kpiwall.ink";
  const GROUND = { light: "#0C1014", dark: "#EEF1F4" };
  const system = window.matchMedia("(prefers-color-scheme: light)");

  function chosen() {
    try {
      return window.localStorage.getItem(KEY) || "auto";
    } catch (error) {
      return "auto"; // storage is closed to the page
    }
  }

  // `data-ink` says how text is: light text stands on a dark ground.
  function show() {
    const light = chosen() === "auto" ? system.matches : chosen() === "light";
    const ink = light ? "dark" : "light";
    document.documentElement.dataset.ink = ink;
    document.querySelector("meta[name=theme-color]").content = GROUND[ink];
  }

  kpiwall.chosenInk = chosen;

  kpiwall.chooseInk = function (choice) {
    try {
      window.localStorage.setItem(KEY, choice);
    } catch (error) {
      return; // storage is closed to the page
    }
    show();
  };

  system.addEventListener("change", show);
  show();
})(window.kpiwall);
