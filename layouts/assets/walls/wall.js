/* A wall of one scene, as anyone may open it; a paired screen is in screen.js. */
"use strict";
(function () {
  // A wall is no page for a hand: below this width its unit's phone page is shown.
  const PHONE_WIDTH = 600;
  const kpiwall = window.kpiwall;
  const root = document.querySelector(".stages");
  const page = root && root.querySelector("[data-push]");
  if (document.body.dataset.screen !== undefined || !page) return;
  if (window.innerWidth < PHONE_WIDTH) return void window.location.replace(page.dataset.phone);

  kpiwall.startClock(page);
  kpiwall.startWatching(Number(page.dataset.now));
  const stage = kpiwall.stage = kpiwall.newStage(root, {
    heard: (silent) => { if (kpiwall.wasCutOff(silent)) kpiwall.reloadOnce(); },
  }, document.body.dataset.software);
  stage.start(window.location.pathname + window.location.search, root.querySelector(".stage"));
  kpiwall.startCare(root, kpiwall.reloadOnce);
})();
