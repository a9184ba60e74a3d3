/* Swipes: left and right to what stands beside, down from the top to what stands above. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // As far as a thumb goes on purpose, and more along than across.
  const FAR = 70;
  const STRAIGHT = 1.8;
  const PULL = 110;
  // The finger moves the page by part of its way: something is there, and where there is nothing, little gives.
  const GIVE = 0.45;
  const STIFF = 0.12;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  const taken = (target) => target.closest(".chips, .grip, dialog, .choices");

  kpiwall.bindSwipe = function (go) {
    let start = null;

    const page = () => document.querySelector(".page");
    const main = () => document.querySelector(".main");

    function shift(x, y) {
      if (still.matches) return;
      main().style.transform = x || y ? `translate(${x}px,${y}px)` : "";
    }

    function direction(dx, dy) {
      if (Math.abs(dx) > Math.abs(dy) * STRAIGHT) return dx < 0 ? "after" : "before";
      return dy > Math.abs(dx) * STRAIGHT && start.top ? "up" : null;
    }

    function hint(shown) {
      const { up } = page().dataset;
      const title = page().querySelector(".up span");
      const pull = document.querySelector(".pull");
      pull.textContent = up && title ? document.body.dataset.pull.replace("{title}", title.textContent) : "";
      pull.classList.toggle("shown", Boolean(shown && up));
    }

    function moved(event) {
      if (!start || event.touches.length !== 1) return void end(null);
      const dx = event.touches[0].clientX - start.x;
      const dy = event.touches[0].clientY - start.y;
      const way = direction(dx, dy);
      const give = way && page().dataset[way] ? GIVE : STIFF;
      if (way === "up") shift(0, dy * give);
      else if (way) shift(dx * give, 0);
      else shift(0, 0);
      hint(way === "up" && dy > PULL);
    }

    function end(event) {
      const begun = start;
      const at = event && event.changedTouches[0];
      const way = begun && at && direction(at.clientX - begun.x, at.clientY - begun.y);
      start = null;
      shift(0, 0);
      hint(false);
      if (!way) return;
      const far = way === "up" ? at.clientY - begun.y > PULL : Math.abs(at.clientX - begun.x) > FAR;
      if (far && page().dataset[way]) go(page().dataset[way], way);
    }

    document.addEventListener("touchstart", (event) => {
      const touch = event.touches[0];
      start = event.touches.length === 1 && !taken(event.target) ? { x: touch.clientX, y: touch.clientY, top: window.scrollY <= 0 } : null;
    }, { passive: true });
    document.addEventListener("touchmove", moved, { passive: true });
    document.addEventListener("touchend", end, { passive: true });
    document.addEventListener("touchcancel", () => end(null), { passive: true });
  };
})(window.kpiwall);
