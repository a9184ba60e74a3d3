/* Events of an explain page that don't come: after a while the card says so and lets the reader ask again. */
"use strict";
(function () {
  // Reading the log takes up to a second; an answer that is this late was lost with its request.
  const LATE_MS = 10000;
  if (document.documentElement.dataset.page !== "explain") return;

  let since = 0;

  function watch() {
    if (!document.querySelector("#events-card.loading")) return void (since = 0);
    since = since || performance.now();
    if (performance.now() - since < LATE_MS) return;
    since = 0;
    window.dash_clientside.set_props("events-card", { className: "card events" });
    window.dash_clientside.set_props("events-older", { disabled: false, hidden: false });
  }

  window.setInterval(watch, 1000);
})();
