/* Alerts: steps are shown at once and taken back when they fail; pages of alerts follow what others do. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const RETRY_MS = 3000;
  let waiting = 0;

  async function sent({ to, step, value }) {
    const url = new URL(`${to}/${step}`, window.location.href);
    url.searchParams.set("lang", document.documentElement.lang);
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ value }),
    });
    if (answer.redirected || answer.status === 401) return void window.location.reload();
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(found.error || ""), { told: Boolean(found.error) });
  }

  function say(page, text, failed) {
    const told = page.querySelector(".alert-outcome");
    told.textContent = text;
    told.toggleAttribute("data-failed", Boolean(failed));
  }

  // What the page shows while the step is under way; gives what takes it back.
  function pretend(page, button) {
    const phase = page.querySelector(".alert-phase");
    const before = phase.textContent;
    if (button.dataset.becomes) phase.textContent = button.dataset.becomes;
    page.setAttribute("aria-busy", "true");
    return () => {
      phase.textContent = before;
      page.removeAttribute("aria-busy");
    };
  }

  async function take(button) {
    const page = button.closest(".page");
    if (page.hasAttribute("aria-busy")) return;
    const sheet = button.closest("dialog");
    if (sheet) sheet.close();
    if (!navigator.onLine || document.documentElement.hasAttribute("data-offline")) return say(page, button.dataset.offlineText, true);
    const undo = pretend(page, button);
    say(page, button.dataset.sending, false);
    try {
      await sent(button.dataset);
      page.removeAttribute("aria-busy");
      await kpiwall.goHere();
    } catch (error) {
      undo();
      say(page, error.told ? error.message : navigator.onLine ? button.dataset.failed : button.dataset.offlineText, true);
    }
  }

  function find(search) {
    const wanted = search.value.trim().toLowerCase();
    search.parentElement.querySelectorAll("[data-step=assign]").forEach((one) => {
      one.hidden = Boolean(wanted) && !one.textContent.toLowerCase().includes(wanted);
    });
  }

  // Somebody who types, chooses or waits for a step is not interrupted.
  const isBusy = (page) => page.hasAttribute("aria-busy") || Boolean(page.querySelector("dialog[open], form:focus-within, details[open] form"));

  async function renew() {
    waiting = 0;
    const page = document.querySelector(".page");
    if (!page.dataset.alerts || page.dataset.alerts === page.dataset.newest) return;
    if (isBusy(page)) return void (waiting = window.setTimeout(renew, RETRY_MS));
    const held = document.activeElement && document.activeElement.getAttribute("href");
    await kpiwall.goHere();
    const same = held && document.querySelector(`.page a[href="${CSS.escape(held)}"]`);
    if (same) same.focus({ preventScroll: true });
  }

  // A page that lists alerts is fetched anew once they are others.
  kpiwall.followAlerts = function (page, view) {
    const stamp = view["alerts.stamp"];
    if (!page.dataset.alerts || stamp === undefined) return;
    page.dataset.newest = stamp;
    if (stamp !== page.dataset.alerts && !waiting) waiting = window.setTimeout(renew, 0);
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-sheet]");
    if (opener) return document.getElementById(opener.dataset.sheet).showModal();
    const button = event.target.closest("[data-step]");
    if (button) return void take(button);
    if (event.target.matches(".page dialog.sheet")) event.target.close();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches(".alert-search")) find(event.target);
  });
})(window.kpiwall);
