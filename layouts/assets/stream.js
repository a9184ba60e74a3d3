/* Push streams: each reconnects by itself, notices silence, and the page says offline rather than show old as live. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const HEARTBEAT_MS = 5000;
  const SILENCE_MS = 3 * HEARTBEAT_MS;
  const FIRST_RETRY_MS = 500;
  const LONGEST_RETRY_MS = 15000;
  // A page that was cut off this long reloads when the server is back: it may run old code.
  const CUT_OFF_MS = 600000;

  let lastHeard = performance.now();
  let lastHeardServer = 0;

  // `silent_ms` is how long nothing was heard before; whoever wants to know listens for it.
  function heard(data) {
    const silent = performance.now() - lastHeard;
    lastHeard = performance.now();
    kpiwall.setClock(data.now, data.speed);
    lastHeardServer = data.now;
    setOffline(false);
    return silent;
  }

  function setOffline(offline) {
    const root = document.documentElement;
    if (root.hasAttribute("data-offline") !== offline) root.toggleAttribute("data-offline", offline);
    document.querySelectorAll(".offline-word").forEach((word) => markOffline(word, offline));
  }

  function markOffline(word, offline) {
    const mark = word.parentElement;
    if (offline && mark.dataset.is !== "offline") {
      word.textContent = kpiwall.texts["offline-since"].replace("{time}", kpiwall.timeOf(lastHeardServer));
      mark.dataset.before = mark.dataset.is;
      mark.dataset.is = "offline";
    } else if (!offline && mark.dataset.is === "offline") {
      mark.dataset.is = mark.dataset.before;
    }
  }

  // Also what has just come into the document must not look live.
  kpiwall.watchSilence = function () {
    if (performance.now() - lastHeard > SILENCE_MS) setOffline(true);
  };

  kpiwall.wasCutOff = (silentMs) => silentMs > CUT_OFF_MS;

  kpiwall.heardAgo = () => performance.now() - lastHeard;

  kpiwall.startWatching = function (now) {
    lastHeardServer = now;
    window.setInterval(kpiwall.watchSilence, 1000);
  };

  // One stream at an address. `on` has snapshot(data), change(data), and may have heard(silent_ms, data) and events by name.
  kpiwall.openStream = function (address, on) {
    let source = null;
    let sequence = null;
    let retries = 0;
    let retryTimer = 0;
    let quietSince = performance.now();

    function listen(stream, name, act) {
      stream.addEventListener(name, (event) => {
        if (stream !== source) return;
        const data = JSON.parse(event.data);
        quietSince = performance.now();
        retries = 0;
        act(data);
        if (data.now !== undefined) (on.heard || (() => {}))(heard(data), data);
      });
    }

    // A missed frame cannot be guessed: connect again, which brings a whole snapshot.
    function change(data) {
      if (sequence === null || data.seq !== sequence + 1) return reconnect();
      sequence = data.seq;
      on.change(data);
    }

    function snapshot(data) {
      sequence = data.seq;
      on.snapshot(data);
    }

    function drop() {
      if (source) source.close();
      source = null;
      sequence = null;
    }

    function reconnect() {
      drop();
      window.clearTimeout(retryTimer);
      const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries);
      retries += 1;
      retryTimer = window.setTimeout(connect, longest * (0.5 + Math.random() / 2));
    }

    function connect() {
      drop();
      window.clearTimeout(retryTimer);
      const stream = new EventSource(address);
      source = stream;
      quietSince = performance.now();
      listen(stream, "snapshot", snapshot);
      listen(stream, "change", change);
      listen(stream, "beat", () => {});
      Object.entries(on.events || {}).forEach(([name, act]) => listen(stream, name, act));
      // The browser gives up for good on any answer but 200, and retries without jitter otherwise: both are ours.
      stream.onerror = () => { if (stream === source) reconnect(); };
    }

    // A connection that is open and says nothing is dead, whatever the browser thinks of it.
    const timer = window.setInterval(() => {
      if (source && performance.now() - quietSince > SILENCE_MS) reconnect();
    }, 1000);

    function close() {
      drop();
      window.clearInterval(timer);
      window.clearTimeout(retryTimer);
      window.removeEventListener("online", connect);
      window.removeEventListener("pagehide", drop);
    }

    window.addEventListener("online", connect);
    window.addEventListener("pagehide", drop);
    connect();
    return { close };
  };
})(window.kpiwall);
