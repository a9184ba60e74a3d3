/* A stand-up's page: the timer by the server's clock, the steps by key and thumb, and what others did within a second. */
"use strict";
(function () {
  const POLL_MS = 1000;
  const place = location.pathname.replace(/\/+$/, "");
  const language = new URLSearchParams(location.search).get("lang");
  const query = language ? `lang=${encodeURIComponent(language)}` : "";
  const root = () => document.getElementById("standup");
  const number = (name) => Number(root().dataset[name] || 0);

  // The server's real time: what it said last, and what has passed here since.
  let base = { server: 0, local: 0 };
  let busy = false;

  const now = () => base.server + performance.now() - base.local;

  function settle() {
    base = { server: number("now"), local: performance.now() };
    tick();
  }

  function minutes(ms) {
    const seconds = Math.abs(ms < 0 ? Math.floor(ms / 1000) : Math.ceil(ms / 1000));
    return `${ms < 0 ? "+" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function clock() {
    const shown = document.querySelector(".su-clock");
    if (!shown) return;
    const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: shown.dataset.zone };
    // The company's clock, which goes faster where a site shows a past day.
    const passed = (now() - number("now")) * number("speed");
    shown.textContent = new Intl.DateTimeFormat("en-GB", time).format(number("clock") + passed);
  }

  function tick() {
    const main = root();
    if (!main) return;
    clock();
    if (main.dataset.runs !== "1") return;
    const left = number("begun") + number("budget") * 1000 - now();
    const timer = main.querySelector(".su-timer");
    timer.textContent = minutes(left);
    timer.dataset.over = left < 0 ? "1" : "0";
    timer.dataset.long = timer.textContent.length > 4 ? "1" : "0";
    const plan = number("seconds") * 1000;
    const passed = now() - number("since");
    const step = main.querySelector(".su-step-left");
    step.textContent = minutes(plan - passed);
    step.parentElement.dataset.over = passed > plan ? "1" : "0";
    const fill = main.querySelector('.su-segments [data-now="1"] i');
    if (fill && plan) fill.style.width = `${Math.min(100, (passed / plan) * 100)}%`;
  }

  function say(text) {
    const open = document.querySelector("dialog[open] .su-wrong");
    if (open) { open.textContent = text; return; }
    const toast = document.querySelector(".su-toast");
    toast.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { toast.textContent = ""; }, 5000);
  }

  async function send(step, content) {
    const language = document.documentElement.lang;
    try {
      const answer = await fetch(`${place}/${step}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ language, ...content }),
      });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok) { say(told.error || `${answer.status}`); return false; }
      if (told.goto) { location.assign(told.goto); return true; }
      await load();
      return true;
    } catch (_) {
      say(document.querySelector(".su-toast").dataset.failed);
      return false;
    }
  }

  // A page that is replaced keeps the dialog somebody writes in; it is drawn anew once that is closed.
  async function load() {
    const answer = await fetch(`${place}?part=1${query ? "&" + query : ""}`);
    if (!answer.ok) return;
    const text = await answer.text();
    if (document.querySelector("dialog[open]")) return;
    root().outerHTML = text;
    settle();
  }

  async function poll() {
    try {
      const answer = await fetch(`${place}/now${query ? "?" + query : ""}`, { cache: "no-store" });
      if (answer.ok) {
        const told = await answer.json();
        base = { server: told.now_ms, local: performance.now() };
        if (told.stamp !== root().dataset.stamp) {
          const ended = root().dataset.meeting;
          if (ended && told.meeting !== ended) location.assign(`${place}/minutes/${ended}${query ? "?" + query : ""}`);
          else await load();
        }
      }
    } catch (_) { /* the next second asks again */ }
    setTimeout(poll, POLL_MS);
  }

  function go(by) {
    const main = root();
    const order = main.dataset.order.split(" ").filter(Boolean);
    const at = order.indexOf(main.dataset.at);
    jump(order[Math.max(0, Math.min(order.length - 1, at + by))]);
  }

  function jump(to) {
    const main = root();
    if (to && to !== main.dataset.at) send("move", { from: main.dataset.at, to });
  }

  function show(name) {
    const open = document.querySelector("dialog[open]");
    if (open) open.close();
    const dialog = document.getElementById(`su-${name}`);
    if (!dialog) return;
    const title = document.querySelector(".su-item h2");
    dialog.querySelectorAll(".su-pinned").forEach((one) => { one.textContent = title ? title.textContent : ""; });
    dialog.showModal();
    const first = dialog.querySelector("textarea, input");
    if (first) first.focus();
  }

  async function post(target) {
    const { post: step, id, state } = target.dataset;
    if (busy) return;
    busy = true;
    const pick = document.getElementById("su-minutes");
    const done = await send(step, { id, state, minutes: step === "begin" && pick ? Number(pick.value) : undefined });
    busy = false;
    const open = document.querySelector("dialog[open]");
    if (done && open) { open.close(); load(); }
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button");
    if (!target) return;
    const { go: by, to, open, close, post: step } = target.dataset;
    if (by) go(Number(by));
    else if (to) jump(to);
    else if (open) show(open);
    else if (close) { target.closest("dialog").close(); load(); }
    else if (step) post(target);
  });

  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    if (busy) return;
    busy = true;
    const main = root();
    const fields = Object.fromEntries(new FormData(form));
    const done = await send(form.dataset.step, { ...fields, unit: main.dataset.place, kpi: main.dataset.kpi });
    busy = false;
    const dialog = form.closest("dialog");
    if (done && dialog) { form.reset(); dialog.close(); load(); }
  });

  const KEYS = { n: "note", a: "action", d: "decide", e: "end", "?": "help" };

  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input, textarea, select");
    if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const main = root();
    const leads = main.dataset.leads === "1" && main.dataset.runs === "1";
    const key = event.key;
    if (leads && (key === "ArrowRight" || key === "PageDown" || key === " ")) go(1);
    else if (leads && (key === "ArrowLeft" || key === "PageUp")) go(-1);
    else if (leads && /^[1-9]$/.test(key)) {
      const row = document.querySelectorAll(".su-agenda-row")[Number(key) - 1];
      if (row) jump(row.dataset.to);
    } else if (KEYS[key]) show(KEYS[key]);
    else if (key === "u" && main.dataset.writes === "1") send("undo", {});
    else if (key === "r" && leads) send("refresh", {});
    else return;
    event.preventDefault();
  });

  // The screen stays on while a meeting runs, where the browser can do that.
  if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {});

  settle();
  setInterval(tick, 250);
  setTimeout(poll, POLL_MS);
})();
