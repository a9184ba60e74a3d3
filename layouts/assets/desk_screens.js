/* The room of screens: forms that are sent as JSON, and a fleet that keeps itself up to date. */
"use strict";
(function () {
  if (document.documentElement.dataset.page !== "desk") return;
  const ASK_MS = 5000;
  let asked = 0;

  const fleet = () => document.querySelector("[data-fleet]");
  const language = () => document.documentElement.lang;

  function number(text) {
    const plain = text.trim().replace(",", ".");
    return plain === "" ? null : Number(plain);
  }

  function contentOf(form) {
    const numbers = form.dataset.numbers.split(" ");
    const fields = [...form.querySelectorAll("input[name], select[name], textarea[name]")];
    const entered = fields.map(({ name, value }) => [name, numbers.includes(name) ? number(value) : value]);
    return { ...Object.fromEntries(entered), ...JSON.parse(form.dataset.fixed) };
  }

  function say(form, kind, text) {
    const line = document.createElement("div");
    line.className = "notice-line";
    line.dataset.is = kind;
    const glyph = document.createElement("i");
    glyph.className = "glyph";
    line.append(glyph, document.createTextNode(text));
    form.querySelector(".told").replaceChildren(line);
  }

  async function send(form) {
    const answer = await fetch(`${form.dataset.post}?lang=${language()}`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify(contentOf(form)),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error || String(answer.status));
  }

  async function act(form, button) {
    button.disabled = true;
    try {
      await send(form);
      say(form, "good", form.dataset.done);
      if (!form.dataset.post.endsWith("/remote")) again();
    } catch (error) {
      say(form, "bad", error instanceof TypeError ? fleet().dataset.lost : error.message);
    }
    button.disabled = false;
  }

  // The lists are made anew by the server; a row that somebody works in is left alone until it is closed.
  function again() {
    asked += 1;
    window.dash_clientside.set_props("screens-again", { data: asked });
  }

  const busy = () => document.querySelector(".more-row:not([hidden])") !== null;

  function take(told) {
    Object.entries(told.screens).forEach(([id, cells]) => {
      const row = document.querySelector(`.screen-row[data-screen="${CSS.escape(id)}"]`);
      if (!row) return;
      row.dataset.is = cells.is;
      row.querySelectorAll("[data-cell]").forEach((cell) => { cell.textContent = cells[cell.dataset.cell]; });
    });
    const panel = document.querySelector(".fleet-panel");
    if (panel && panel.dataset.digest !== told.digest && !busy()) again();
  }

  async function look() {
    const room = fleet();
    if (!room || document.hidden) return;
    try {
      const answer = await fetch(room.dataset.fleet, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.json());
      room.removeAttribute("data-away");
    } catch (error) {
      room.dataset.away = room.dataset.lost;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-opens]");
    if (!button) return;
    if (button.dataset.do) return void act(button.closest("[data-post]"), button);
    const row = document.querySelector(`.more-row[data-of="${CSS.escape(button.dataset.opens)}"]`);
    row.hidden = !row.hidden;
    button.setAttribute("aria-expanded", String(!row.hidden));
  });

  window.setInterval(look, ASK_MS);
})();
