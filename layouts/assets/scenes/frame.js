/* A real wall in a frame, scaled down: the server draws the draft, the frame shows it as walls do, at their size. */
"use strict";
(function (scenes) {
  const { make, post } = scenes;

  // `ask` gives { scene, unit } or null; `drawn` is told each picture, or why there is none.
  scenes.newFrame = function (host, language, ask, drawn) {
    const frame = make("iframe", { class: "scene-frame", tabindex: "-1", "aria-hidden": "true", inert: true });
    let screen = { width: 1920, height: 1080 };
    let mark = "";
    let running = null;
    let theme = "";
    let loaded = null;

    function fit() {
      frame.style.width = `${screen.width}px`;
      frame.style.height = `${screen.height}px`;
      frame.style.transform = `scale(${host.clientWidth / screen.width})`;
    }

    function load(next) {
      if (theme === next) return;
      [theme, mark] = [next, ""];
      // Of the page's own colour scheme the frame is transparent, so that the grid is seen between tiles.
      loaded = new Promise((done) => frame.addEventListener("load", () => {
        const style = frame.contentWindow.getComputedStyle(frame.contentDocument.documentElement);
        frame.style.colorScheme = style.colorScheme;
        host.style.setProperty("--wall-ground", style.getPropertyValue("--ground"));
        done(frame.contentWindow);
      }, { once: true }));
      frame.src = `/desk/scenes/frame?${new URLSearchParams({ lang: language, theme })}`;
    }

    // The newest question wins: an answer that comes later than another question is not shown.
    async function refresh() {
      const asked = ask();
      if (running) running.abort();
      if (!asked || !theme) return;
      const mine = running = new AbortController();
      try {
        const { status, content } = await post("picture", { language, ...asked, known: mark }, mine.signal);
        const page = await loaded;
        if (mine !== running || !frame.isConnected) return;
        if (status === 200 && page.kpiwall && page.kpiwall.preview) {
          page.kpiwall.preview.show(content);
          mark = content.mark;
        }
        drawn(status === 200 ? content : null, content.error || "");
      } catch (error) {
        if (error.name !== "AbortError") drawn(null, scenes.say("away"));
      } finally {
        if (mine === running) running = null;
      }
    }

    function resize(next) {
      screen = next;
      fit();
    }

    const watch = new ResizeObserver(fit);
    watch.observe(host);
    host.querySelector(".grid-lines") ? host.querySelector(".grid-lines").after(frame) : host.prepend(frame);
    fit();
    return {
      load, resize, refresh,
      close() {
        watch.disconnect();
        if (running) running.abort();
        frame.remove();
      },
    };
  };
})(window.kpiwall.scenes);
