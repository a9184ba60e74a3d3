/* Starts a page that follows a board, once Dash has put it into the document and before its first paint. */
"use strict";
(function () {
  function start(page) {
    const kpiwall = window.kpiwall;
    kpiwall.startClock(page);
    kpiwall.startWatching(Number(page.dataset.now));
    const binder = kpiwall.bind(page);
    kpiwall.openStream(page.dataset.push, {
      snapshot: (data) => binder.apply(data.view),
      change: (data) => binder.apply(data.view),
      heard(silent, data) {
        if (kpiwall.wasCutOff(silent) || data.version !== page.dataset.version) kpiwall.reloadOnce();
      },
    });
  }

  const observer = new MutationObserver(() => {
    const page = document.querySelector("[data-push]");
    if (!page) return;
    observer.disconnect();
    start(page);
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
})();
