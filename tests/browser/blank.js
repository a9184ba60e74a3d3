/* Notes how long no scene was whole on the screen: asked on every frame, and between frames nothing changes. */
(() => {
  window.longestBlank = 0;
  let since = performance.now();
  const whole = (stage) => getComputedStyle(stage).opacity === "1" && stage.querySelector(".header") && stage.getBoundingClientRect().width > 0;
  const look = () => {
    const now = performance.now();
    if ([...document.querySelectorAll(".stage:not(.unseen)")].some(whole)) since = now;
    else window.longestBlank = Math.max(window.longestBlank, now - since);
    window.requestAnimationFrame(look);
  };
  look();
})();
