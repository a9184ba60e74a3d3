/* One push stream per page: reconnects by itself, notices silence, and says offline rather than show old as live. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const HEARTBEAT_MS = 5000;
  const SILENCE_MS = 3 * HEARTBEAT_MS;
  const FIRST_RETRY_MS = 500;
  const LONGEST_RETRY_MS = 15000;
  // A page that was cut off this long reloads when the server is back: it may run old code.
  const RELOAD_AFTER_MS = 600000;
  // A version that a reload does not settle must not reload for ever.
  const RELOAD_PAUSE_MS = 60000;

  let page = null;
  let source = null;
  let sequence = null;
  let retries = 0;
  let retryTimer = 0;
  let lastHeard = performance.now();
  let lastHeardServer = 0;

  function heard(data) {
    const silent = performance.now() - lastHeard;
    lastHeard = performance.now();
    retries = 0;
    kpiwall.setClock(data.now, data.speed);
    lastHeardServer = data.now;
    if (silent > RELOAD_AFTER_MS) return void window.location.reload();
    setOffline(false);
  }

  function setOffline(offline) {
    const root = document.documentElement;
    if (root.hasAttribute("data-offline") === offline) return;
    root.toggleAttribute("data-offline", offline);
    page.querySelectorAll(".offline-word").forEach((word) => {
      const mark = word.parentElement;
      if (offline) {
        const since = kpiwall.texts["offline-since"].replace("{time}", kpiwall.timeOf(lastHeardServer));
        word.textContent = since;
        mark.dataset.before = mark.dataset.is;
        mark.dataset.is = "offline";
      } else if (mark.dataset.is === "offline") {
        mark.dataset.is = mark.dataset.before;
      }
    });
  }

  function reloadFor(version) {
    const before = Number(sessionStorage.getItem("kpiwall.reloaded") || 0);
    if (Date.now() - before < RELOAD_PAUSE_MS) return;
    sessionStorage.setItem("kpiwall.reloaded", String(Date.now()));
    window.location.reload();
  }

  function onSnapshot(data) {
    if (data.version !== page.dataset.version) return reloadFor(data.version);
    sequence = data.seq;
    heard(data);
    kpiwall.apply(data.view);
  }

  // A missed frame cannot be guessed: connect again, which brings a whole snapshot.
  function onChange(data) {
    if (sequence === null || data.seq !== sequence + 1) return reconnect();
    sequence = data.seq;
    heard(data);
    kpiwall.apply(data.view);
  }

  function close() {
    if (source) source.close();
    source = null;
    sequence = null;
  }

  function reconnect() {
    close();
    window.clearTimeout(retryTimer);
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries);
    retries += 1;
    retryTimer = window.setTimeout(connect, longest * (0.5 + Math.random() / 2));
  }

  function listen(stream, name, act) {
    stream.addEventListener(name, (event) => {
      if (stream === source) act(JSON.parse(event.data));
    });
  }

  function connect() {
    close();
    const stream = new EventSource(page.dataset.push);
    source = stream;
    listen(stream, "snapshot", onSnapshot);
    listen(stream, "change", onChange);
    listen(stream, "beat", heard);
    // The browser gives up for good on any answer but 200, and retries without jitter otherwise: both are ours.
    stream.onerror = () => { if (stream === source) reconnect(); };
  }

  function watch() {
    const silent = performance.now() - lastHeard;
    if (silent <= SILENCE_MS) return;
    setOffline(true);
    if (source && source.readyState === EventSource.OPEN) reconnect();
  }

  kpiwall.startStream = function (element) {
    page = element;
    lastHeardServer = Number(page.dataset.now);
    connect();
    window.setInterval(watch, 1000);
    window.addEventListener("online", connect);
    window.addEventListener("pagehide", close);
  };
})(window.kpiwall);
