/* The desk: lists that lead somewhere, live sums, files that are too large, and progress that is pushed. */
"use strict";
(function () {
  const SCALE = 10000;

  /* A typed weight in ten-thousandths; null where it is no number. Whole numbers, as 0.1 + 0.2 must be 0.3. */
  function weight(text) {
    const plain = String(text ?? "").trim().replace(/[,，]/g, "").replace("−", "-");
    if (!/^\d+(\.\d{0,4})?$/.test(plain)) return null;
    const [whole, part = ""] = plain.split(".");
    return Number(whole) * SCALE + Number((part + "0000").slice(0, 4));
  }

  function written(amount) {
    const text = (Math.abs(amount) / SCALE).toFixed(4);
    return text.replace(/\.?0+$/, "");
  }

  function sum(weights, shares, texts) {
    const all = [...(weights || []), ...(shares || [])].map(weight);
    const fill = (key, n) => texts[key].replace("{sum}", written(n)).replace("{off}", written(n - 100 * SCALE));
    if (!weights || !weights.length) return ["", "sum-line"];
    if (all.includes(null)) return [texts.unclear, "sum-line off"];
    const total = all.reduce((one, other) => one + other, 0);
    if (total === 100 * SCALE) return [fill("right", total), "sum-line right"];
    return [fill(total > 100 * SCALE ? "over" : "under", total), "sum-line off"];
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { kpiwall_desk: { sum } });
  if (document.documentElement.dataset.page !== "desk") return;

  document.addEventListener("change", (event) => {
    const go = event.target.closest("[data-go]");
    if (go && event.target.tagName === "SELECT") {
      window.location.assign(go.dataset.go.replace("{}", encodeURIComponent(event.target.value)));
      return;
    }
    const room = event.target.closest("[data-most]");
    if (room && event.target.files && event.target.files.length) {
      const large = event.target.files[0].size > Number(room.dataset.most);
      room.dataset.large = large ? room.dataset.mostText : "";
    }
  }, true);

  /* Enter in an entry does what the panel's main button does. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
    const room = event.target.closest(".act, .ask, .card-panel");
    const button = room && (room.classList.contains("card-panel") ? document.getElementById("wi-try")
      : room.querySelector("button.main, .act-row button"));
    if (button && !button.disabled) button.click();
  });

  /* Progress: each element names its stream; what comes is a share and, at the end, "done". */
  function follow(element) {
    const stream = new EventSource(element.dataset.progress);
    stream.onmessage = (event) => {
      const told = JSON.parse(event.data);
      element.style.setProperty("--share", told.share);
      const text = element.querySelector(".progress-text");
      if (text) text.textContent = told.text;
      if (!told.done) return;
      stream.close();
      window.location.reload();
    };
    stream.onerror = () => { if (!element.isConnected) stream.close(); };
  }

  /* On one column, what was asked for stands below: go there once it has come. */
  let asked = false;
  document.addEventListener("click", (event) => { if (event.target.closest("#wi-try, #tg-try")) asked = true; }, true);

  function arrive(changes) {
    const room = document.querySelector("#trial-result, #tg-result");
    if (!asked || !room || !changes.some((one) => one.target === room && one.addedNodes.length)) return;
    asked = false;
    const top = room.getBoundingClientRect().top;
    if (top < 0 || top > 0.7 * window.innerHeight) room.scrollIntoView({ block: "start" });
  }

  const seen = new WeakSet();
  const observer = new MutationObserver((changes) => {
    arrive(changes);
    document.querySelectorAll("[data-progress]").forEach((element) => {
      if (seen.has(element)) return;
      seen.add(element);
      follow(element);
    });
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
})();
