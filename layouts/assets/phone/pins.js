/* Pinned KPIs: pinned and let go on a KPI's page, put in order and removed on the page of all. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  async function put(to, pins) {
    const options = { method: "PUT", credentials: "same-origin", headers: { "Content-Type": "application/json" } };
    const answer = await fetch(to, { ...options, body: JSON.stringify(pins) });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return (await answer.json()).pins;
  }

  async function toggle(button) {
    const { pin, to } = button.dataset;
    const on = button.getAttribute("aria-pressed") !== "true";
    button.disabled = true;
    try {
      const others = (await (await fetch(to, { credentials: "same-origin" })).json()).pins.filter((one) => one !== pin);
      const pins = await put(to, on ? [...others, pin] : others);
      show(button, pins.includes(pin));
    } catch (error) {
      kpiwall.tell(button.dataset.failed);
    } finally {
      button.disabled = false;
    }
  }

  function show(button, on) {
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? button.dataset.onText : button.dataset.offText;
  }

  function bindList(list, edit) {
    const names = () => [...list.querySelectorAll(".pin")].map((one) => one.dataset.name);
    let before = null;

    async function keep() {
      try {
        await put(list.dataset.to, names());
      } catch (error) {
        kpiwall.tell(list.dataset.failed);
      }
    }

    function tool(pin, name) {
      const other = { up: pin.previousElementSibling, down: pin.nextElementSibling }[name];
      if (name === "remove") pin.remove();
      else if (name === "up" && other) other.before(pin);
      else if (name === "down" && other) other.after(pin);
      else return;
      keep();
      const button = pin.querySelector(`[data-tool=${name}]`);
      if (button && button.isConnected) button.focus();
    }

    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-tool]");
      if (button) tool(button.closest(".pin"), button.dataset.tool);
    });
    bindDrag(list, keep);
    edit.addEventListener("click", () => {
      const on = edit.getAttribute("aria-pressed") !== "true";
      before = before || edit.textContent;
      edit.setAttribute("aria-pressed", String(on));
      edit.textContent = on ? edit.dataset.done : before;
      list.classList.toggle("editing", on);
      if (!on && !names().length) kpiwall.goHere();
    });
  }

  // A card is dragged by its grip: it changes places with whatever the finger passes the middle of.
  function bindDrag(list, keep) {
    let dragged = null;
    list.addEventListener("pointerdown", (event) => {
      const grip = event.target.closest(".grip");
      if (!grip) return;
      dragged = grip.closest(".pin");
      dragged.classList.add("dragged");
      grip.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    list.addEventListener("pointermove", (event) => {
      if (!dragged) return;
      const others = [...list.querySelectorAll(".pin:not(.dragged)")];
      const next = others.find((one) => {
        const { top, height } = one.getBoundingClientRect();
        return event.clientY < top + height / 2;
      });
      if (next ? next.previousElementSibling !== dragged : list.lastElementChild !== dragged) list.insertBefore(dragged, next || null);
    });
    ["pointerup", "pointercancel"].forEach((name) => list.addEventListener(name, () => {
      if (!dragged) return;
      dragged.classList.remove("dragged");
      dragged = null;
      keep();
    }));
  }

  kpiwall.bindPins = function (page) {
    page.querySelectorAll("[data-pin]").forEach((button) => button.addEventListener("click", () => toggle(button)));
    const list = page.querySelector(".pins");
    if (list) bindList(list, page.querySelector("[data-edit]"));
  };
})(window.kpiwall);
