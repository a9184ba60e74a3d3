/* A paired screen: shows its playlist, obeys its remote, and tells the server how it does. */
"use strict";
(function () {
  const kpiwall = window.kpiwall;
  const body = document.body;
  if (!body.dataset.screen) return;
  const STEP_MS = 500;
  const BEAT_MS = 10000;
  // A scene that does not come is asked for again after this.
  const RETRY_MS = 2000;
  // The next scene is loaded so long before its turn: time enough for a slow screen, and not two streams for ever.
  const PRELOAD_MS = 8000;
  const CREDENTIAL = "kpiwall.credential";

  const root = document.querySelector(".stages");
  const told = (name) => JSON.parse(body.dataset[name]);
  let programme = told("programme");
  let screen = told("state");
  let shownKey = Number(body.dataset.key);
  let rotation = kpiwall.rotation.start(shownKey);
  let busy = false;

  const itemOf = (key) => programme.items.find((item) => item.key === key);

  function decide() {
    const now = kpiwall.now();
    const { state, key, until, following } = kpiwall.rotation.decide(rotation, programme, screen, now, performance.now());
    rotation = state;
    show(key);
    if (following !== null && until - performance.now() < PRELOAD_MS) preload(following);
  }

  async function show(key) {
    const item = itemOf(key);
    if (busy || !item || (key === shownKey && item.address === stage.address())) return;
    busy = true;
    if (await stage.show(item.address)) shownKey = key;
    else await new Promise((done) => window.setTimeout(done, RETRY_MS));
    busy = false;
  }

  function preload(key) {
    const item = itemOf(key);
    if (!busy && item && item.address !== stage.address()) stage.preload(item.address);
  }

  function look() {
    const page = document.documentElement;
    const before = page.dataset.theme;
    const theme = screen.theme || programme.theme;
    page.dataset.theme = theme;
    page.dataset.ink = { light: "dark", brand: body.dataset.brandInk }[theme] || "light";
    const margin = String(screen.margin || 0);
    const smaller = page.style.getPropertyValue("--margin") !== margin;
    page.style.setProperty("--margin", margin);
    if (smaller || before !== theme) kpiwall.redrawCharts();
    const night = programme.night;
    const dark = night && night.windows.some(([from, to]) => from <= kpiwall.now() && kpiwall.now() < to);
    document.querySelector(".night").style.opacity = dark ? night.dim : 0;
    const identify = document.querySelector(".identify");
    identify.hidden = !(screen.identify_until > kpiwall.now());
    identify.querySelector(".identify-name").textContent = screen.name;
    identify.querySelector(".identify-place").textContent = screen.place;
  }

  function onScreen(data) {
    const before = screen;
    screen = data.view;
    // The server that was moved to may share the wishes of the one before it.
    if (screen.move && new URL(screen.move).origin !== window.location.origin) return void moveTo(screen.move);
    if (screen.reload !== before.reload) return void reload();
    if (screen.language !== before.language || screen.playlist !== before.playlist || screen.unit !== before.unit) reload();
    look();
    decide();
  }

  function onProgramme(data) {
    programme = data.view;
    look();
    decide();
  }

  // The scene of now comes with the page, so that nothing is blank between the former page and the next one.
  function reload() {
    kpiwall.goTo(`/screen?key=${encodeURIComponent(shownKey)}`);
  }

  function moveTo(address) {
    const credential = localStorage.getItem(CREDENTIAL) || "";
    window.location.replace(`${address.replace(/\/+$/, "")}/screen#resume=${encodeURIComponent(credential)}`);
  }

  function condition() {
    const front = root.querySelector(".stage:last-child [data-push]");
    return {
      ...kpiwall.health(), key: shownKey, scene: front ? front.dataset.scene : "", version: body.dataset.software,
      width: window.innerWidth, height: window.innerHeight, ratio: window.devicePixelRatio,
      data_age_ms: Math.round(kpiwall.heardAgo()), clock_ms: Date.now(),
    };
  }

  const post = (path, content) => fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content), keepalive: true,
  });

  async function beat() {
    try {
      const answer = await post("/api/v1/screens/heartbeat", condition());
      if (answer.ok) keep((await answer.json()).credential);
      else if (answer.status === 401 || answer.status === 403) await resume();
    } catch (error) {
      // The server is away: the stream says so on the screen, and tries again.
    }
  }

  function keep(credential) {
    if (credential) localStorage.setItem(CREDENTIAL, credential);
  }

  // A cookie can be lost, to a clock that was a year off, say; only a credential that is refused ends in a new pairing.
  async function resume() {
    const credential = localStorage.getItem(CREDENTIAL);
    const answer = credential ? await post("/api/v1/screens/resume", { credential }) : { status: 401 };
    if (answer.status === 401 || answer.status === 403) kpiwall.goTo("/screen");
  }

  const page = root.querySelector("[data-push]");
  kpiwall.startClock(page);
  kpiwall.startWatching(Number(page.dataset.now));
  const stage = kpiwall.stage = kpiwall.newStage(root, {
    heard: (silent) => { if (kpiwall.wasCutOff(silent)) reload(); },
    named: {
      screen: (data, front) => { if (front) onScreen(data); },
      programme: (data, front) => { if (front) onProgramme(data); },
    },
  }, body.dataset.software);
  stage.start(itemOf(shownKey).address, root.querySelector(".stage"));
  kpiwall.startCare(root, reload);
  look();
  window.setInterval(() => { decide(); look(); }, STEP_MS);
  window.setInterval(beat, BEAT_MS);
  beat();
})();
