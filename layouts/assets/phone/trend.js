/* Past periods: fetched once somebody looks at their place, anew when another kind of period is chosen. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  async function load(block) {
    const asked = `${block.dataset.trend}&by=${block.dataset.by}`;
    block.asked = asked;
    block.dataset.state = "waiting";
    try {
      const answer = await fetch(asked, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const text = await answer.text();
      if (block.asked !== asked) return; // another choice was faster
      block.querySelector(".trend-body").innerHTML = text;
      block.dataset.state = "there";
    } catch (error) {
      if (block.asked === asked) block.dataset.state = "failed";
    }
  }

  function choose(block, kind) {
    block.dataset.by = kind;
    block.querySelectorAll("[data-by]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.by === kind)));
    load(block);
    return kind;
  }

  kpiwall.bindTrend = function (page, chosen) {
    const block = page.querySelector("[data-trend]");
    if (!block) return;
    block.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.by) chosen(choose(block, button.dataset.by));
      else if (button.dataset.again) load(block);
    });
    new IntersectionObserver((seen, observer) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      observer.disconnect();
      load(block);
    }).observe(block);
  };
})(window.kpiwall);
