/* Asks the file beside it whether the server answers, and opens the wall then. Who started the browser writes that file. */
"use strict";
(function () {
  const ASK_MS = 1000;
  let beats = 0;
  let leaving = false;

  // The title moves as on a wall, for the same watchdog; not while a wall loads, so that one that never loads is noticed.
  function ask() {
    if (leaving) return;
    beats += 1;
    document.title = `kpiwall · ${beats}`;
    const script = document.createElement("script");
    script.src = `state.js?${beats}`;
    script.onload = script.onerror = () => script.remove();
    document.head.append(script);
  }

  window.kiosk = function (told) {
    document.querySelector(".server").textContent = told.shown;
    if (!told.open || leaving) return;
    leaving = true;
    window.location.replace(told.open);
  };

  window.setInterval(ask, ASK_MS);
  ask();
})();
