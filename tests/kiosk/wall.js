/* A page that moves its title as a wall does, remembers its visits, and freezes on its first one or moves on if asked to. */
"use strict";
(function () {
  const BEAT_MS = 200;
  const stored = Number(localStorage.getItem("visits")) + 1;
  const cookie = Number((document.cookie.match(/visits=(\d+)/) || [])[1] || 0) + 1;
  localStorage.setItem("visits", String(stored));
  document.cookie = `visits=${cookie}; max-age=31536000`;
  let beats = 0;

  window.setInterval(() => {
    beats += 1;
    document.title = `wall · ${beats}`;
    fetch(`seen?stored=${stored}&cookie=${cookie}&beats=${beats}`);
  }, BEAT_MS);

  const asked = new URLSearchParams(location.search);
  const freezeAfterMs = Number(asked.get("freeze"));
  if (freezeAfterMs && stored === 1) {
    window.setTimeout(() => {
      while (true) { /* for ever */ }
    }, freezeAfterMs);
  }
  if (asked.get("move")) window.setTimeout(() => window.location.replace(asked.get("move")), 1000);
})();
