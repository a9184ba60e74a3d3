// Note when the first tile shows which number: [ms since the epoch, text], read by the benchmark.
(() => {
  window.kpiwallSeen = [];
  const note = () => {
    const tile = document.querySelector('[data-text="kpi.done.value"]');
    if (tile) {
      const observer = new MutationObserver(() => {
        window.kpiwallSeen.push([performance.timeOrigin + performance.now(), tile.textContent]);
      });
      observer.observe(tile, { characterData: true, childList: true, subtree: true });
    } else {
      setTimeout(note, 50);
    }
  };
  note();
})();
