/* Notes and actions: forms are sent without leaving the page, and nothing typed is lost when that fails. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  async function sent(form) {
    const content = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    const url = new URL(form.action);
    url.searchParams.set("lang", document.documentElement.lang);
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
    });
    if (answer.redirected || answer.status === 401) return void window.location.reload();
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(found.error || form.dataset.failed);
  }

  // A form that is sent twice would write twice: its button rests until the answer is there.
  async function submitted(event) {
    const form = event.target.closest("form[data-followup]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await sent(form);
      kpiwall.goHere();
    } catch (error) {
      kpiwall.tell(error instanceof TypeError ? form.dataset.failed : error.message);
      button.disabled = false;
    }
  }

  document.addEventListener("submit", submitted);
})(window.kpiwall);
