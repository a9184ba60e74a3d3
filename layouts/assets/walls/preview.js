/* A picture of a wall inside the scene editor: shown and brought up to date by the page around it, without a stream. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const PATIENCE_MS = 1500;
  // What is behind the frame is seen between the tiles: the grid on which they are placed.
  const SEEN_THROUGH = "html, body, .stage { background: transparent }";
  let front = null;
  let clock = false;

  const frame = () => new Promise((done) => window.requestAnimationFrame(done));
  const pause = (ms) => new Promise((done) => window.setTimeout(done, ms));

  function drop(layer) {
    layer.binder.clear();
    layer.element.remove();
  }

  function setTime(page, picture) {
    if (!clock) kpiwall.startClock(page);
    clock = true;
    kpiwall.setClock(picture.now, picture.speed);
    kpiwall.tickNow();
  }

  // The former picture stays until the new one is laid out, so that nothing flashes while a person drags.
  async function replace(picture) {
    const template = document.createElement("template");
    template.innerHTML = picture.html;
    const element = template.content.querySelector(".stage");
    const former = front;
    element.classList.toggle("unseen", former !== null);
    document.querySelector(".stages").append(element);
    const page = element.querySelector("[data-push]");
    const binder = kpiwall.bind(page);
    front = { element, binder };
    setTime(page, picture);
    binder.apply(picture.view);
    if (!former) return;
    await Promise.race([frame().then(frame), pause(PATIENCE_MS)]);
    element.classList.remove("unseen");
    drop(former);
  }

  const seen = document.createElement("style");
  seen.textContent = SEEN_THROUGH;
  document.head.append(seen);

  kpiwall.preview = {
    show(picture) {
      if (picture.html) return replace(picture);
      front.binder.apply(picture.view);
      kpiwall.setClock(picture.now, picture.speed);
      return undefined;
    },
  };
})(window.kpiwall);
