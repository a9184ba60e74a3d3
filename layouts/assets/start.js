/* Starts a page once Dash has put its structure into the document; runs before the first paint of it. */
"use strict";
(function () {
  // A wall is no page for a hand: below this width its unit's phone page is shown.
  const PHONE_WIDTH = 600;

  function start(page) {
    if (page.dataset.phone && window.innerWidth < PHONE_WIDTH) return void window.location.replace(page.dataset.phone);
    window.kpiwall.startClock(page);
    window.kpiwall.bind(page);
    window.kpiwall.startStream(page);
  }

  const observer = new MutationObserver(() => {
    const page = document.querySelector("[data-push]");
    if (!page) return;
    observer.disconnect();
    start(page);
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
})();
