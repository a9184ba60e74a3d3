/* Loads the scene editor where its room stands; no other page carries its scripts. */
"use strict";
(function () {
  if (document.documentElement.dataset.page !== "desk") return;
  let known = null;

  const observer = new MutationObserver(() => {
    const room = document.getElementById("scene-room");
    if (!room || room === known) return;
    known = room;
    if (window.kpiwall && window.kpiwall.scenes) return void window.kpiwall.scenes.open(room);
    JSON.parse(room.dataset.scripts).forEach((source) => {
      const script = document.createElement("script");
      script.src = source;
      script.async = false;
      document.head.append(script);
    });
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
})();
