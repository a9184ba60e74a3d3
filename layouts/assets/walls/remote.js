/* The remote of a screen: sends what a button wishes, and asks every two seconds what the screen shows. */
"use strict";
(function () {
  const ASK_MS = 2000;
  const page = document.querySelector(".remote");
  const told = page.querySelector(".remote-told");
  const hold = page.querySelector('[data-command="hold"], [data-command="resume"]');

  function say(text, bad) {
    told.textContent = text;
    told.dataset.is = bad ? "bad" : "good";
  }

  function showHeld(held) {
    hold.dataset.command = held ? "resume" : "hold";
    hold.setAttribute("aria-pressed", String(held));
    hold.querySelector("span").textContent = held ? page.dataset.resume : page.dataset.hold;
  }

  function take(now) {
    page.querySelector(".remote-now").dataset.is = now.cells.is;
    page.querySelectorAll("[data-cell]").forEach((cell) => { cell.textContent = now.cells[cell.dataset.cell]; });
    page.querySelectorAll(".remote-scene").forEach((scene) => {
      scene.toggleAttribute("aria-current", scene.dataset.key === now.cells.key);
    });
    showHeld(now.held);
  }

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(page.dataset.ask, { cache: "no-store" });
      const now = await answer.json();
      if (!answer.ok) throw new Error(now.error);
      take(now);
      if (told.dataset.is === "bad") say("", false);
    } catch (error) {
      say(error instanceof TypeError ? page.dataset.lost : error.message, true);
    }
  }

  async function wish(button) {
    const { command, key } = button.dataset;
    button.disabled = true;
    try {
      const answer = await fetch(page.dataset.send, {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify(key === undefined ? { command } : { command, key: Number(key) }),
      });
      if (!answer.ok) throw new Error((await answer.json()).error);
      if (button === hold) showHeld(command === "hold");
      say(page.dataset.asked, false);
    } catch (error) {
      say(error instanceof TypeError ? page.dataset.lost : error.message, true);
    }
    button.disabled = false;
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-command]");
    if (button) wish(button);
  });

  showHeld(page.dataset.held === "1");
  window.setInterval(look, ASK_MS);
})();
