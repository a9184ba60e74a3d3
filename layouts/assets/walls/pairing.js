/* A screen without a credential: shows a code until somebody assigns it, and starts by itself then. */
"use strict";
(function () {
  const kpiwall = window.kpiwall;
  const page = document.querySelector(".pairing");
  if (!page) return;
  // A paired screen of a model without scenes: it looks again.
  if (page.dataset.again) return void window.setInterval(() => kpiwall.goTo("/screen"), Number(page.dataset.again));
  const ASK_MS = 2000;
  const CREDENTIAL = "kpiwall.credential";
  const code = page.querySelector(".pairing-code");
  const note = page.querySelector(".pairing-note");
  let claim = null;
  let beats = 0;

  const post = (path, content) => fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
  });

  function say(name) {
    note.textContent = page.dataset[name] || "";
    page.dataset.state = name;
  }

  function started(credential) {
    if (credential) localStorage.setItem(CREDENTIAL, credential);
    kpiwall.goTo("/screen");
  }

  async function resumed() {
    const moved = new URLSearchParams(window.location.hash.slice(1)).get("resume");
    const credential = moved || localStorage.getItem(CREDENTIAL);
    if (!credential) return false;
    const answer = await post("/api/v1/screens/resume", { credential });
    if (answer.ok) started(credential);
    else if (answer.status === 401 || answer.status === 403) localStorage.removeItem(CREDENTIAL);
    else throw new Error(String(answer.status));
    return answer.ok;
  }

  async function newCode() {
    const answer = await post("/api/v1/screens/pairing", {});
    if (answer.status === 429) return void say("crowded");
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    claim = told.claim;
    code.textContent = `${told.code.slice(0, 3)} ${told.code.slice(3)}`;
    say("waiting");
  }

  async function ask() {
    const answer = await post("/api/v1/screens/claim", { claim });
    if (answer.status === 200) started((await answer.json()).credential);
    else if (answer.status === 410) claim = null;
    else if (answer.status !== 202) throw new Error(String(answer.status));
  }

  async function step() {
    beats += 1;
    document.title = `kpiwall · ${beats}`;
    try {
      if (!await resumed()) await (claim ? ask() : newCode());
    } catch (error) {
      claim = null;
      code.textContent = "––– –––";
      say("away");
    }
    window.setTimeout(step, ASK_MS);
  }

  step();
})();
