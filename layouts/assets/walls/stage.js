/* The stage: scenes as layers that load unseen, follow their own stream, and fade into one another; never a blank. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  const FADE_MS = 400;
  // A scene whose chart or first frame does not come is shown without: it has its last good values.
  const PATIENCE_MS = 4000;
  // A scene of an older model is fetched anew, so often at most: servers may not all have the new one yet.
  const REFRESH_MS = 2000;
  // Scenes kept as text, so that rotation goes on while the server is away.
  const KEPT = 40;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  const frame = () => new Promise((done) => window.requestAnimationFrame(done));
  const pause = (ms) => new Promise((done) => window.setTimeout(done, ms));

  // `events` are heard on the stream of the scene that is in front: (name -> function of its data).
  kpiwall.newStage = function (root, events, software) {
    const kept = new Map();
    let front = null;
    let loading = null;
    let refreshed = -Infinity;

    function remember(address, text) {
      kept.delete(address);
      kept.set(address, { text, view: {} });
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }

    // The last good values stay with the text, for a scene that comes back while the server is away.
    function fill(layer, view) {
      const held = kept.get(layer.address);
      if (held) Object.assign(held.view, view);
      layer.binder.apply(view);
    }

    async function textOf(address) {
      try {
        const answer = await fetch(`${address}${address.includes("?") ? "&" : "?"}part=1`, { cache: "no-store" });
        if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
        const text = await answer.text();
        remember(address, text);
        return text;
      } catch (error) {
        if (kept.has(address)) return kept.get(address).text;
        throw error;
      }
    }

    function elementOf(text) {
      const template = document.createElement("template");
      template.innerHTML = text;
      return template.content.querySelector(".stage");
    }

    // A layer is ready once its stream has brought the values of now, or has kept us waiting long enough.
    function adopt(address, element) {
      const page = element.querySelector("[data-push]");
      const binder = kpiwall.bind(page);
      const layer = { address, element, binder, stream: null };
      binder.apply((kept.get(address) || { view: {} }).view);
      const first = new Promise((done) => {
        layer.stream = kpiwall.openStream(page.dataset.push, {
          snapshot(data) {
            fill(layer, data.view);
            done();
          },
          change: (data) => fill(layer, data.view),
          heard(silent, data) {
            compare(layer, page, data);
            if (layer === front) (events.heard || (() => {}))(silent);
          },
          events: Object.fromEntries(Object.entries(events.named || {}).map(([name, act]) => {
            return [name, (data) => act(data, layer === front)];
          })),
        });
      });
      const offline = document.documentElement.hasAttribute("data-offline");
      layer.ready = Promise.race([first.then(frame).then(frame), pause(offline ? 0 : PATIENCE_MS)]);
      kpiwall.tickNow();
      kpiwall.watchSilence();
      return layer;
    }

    // Another model may have other tiles: the scene is fetched anew. Other software needs another page.
    function compare(layer, page, data) {
      if (data.software !== software) return void kpiwall.reloadOnce();
      layer.outdated = data.version !== page.dataset.version;
      if (layer.outdated && layer === front && performance.now() - refreshed > REFRESH_MS) refresh();
    }

    function drop(layer) {
      layer.stream.close();
      layer.binder.clear();
      layer.element.remove();
    }

    async function load(address) {
      const element = elementOf(await textOf(address));
      element.classList.add("unseen");
      root.append(element);
      const layer = adopt(address, element);
      await layer.ready;
      return layer;
    }

    function prepared(address) {
      if (loading && loading.address === address) return loading.layer;
      if (loading) loading.layer.then(drop, () => {});
      const mine = { address, layer: load(address) };
      loading = mine;
      mine.layer.catch(() => { if (loading === mine) loading = null; });
      return mine.layer;
    }

    async function swap(layer) {
      const former = front;
      front = layer;
      layer.element.classList.remove("unseen");
      if (former && !still.matches) {
        await layer.element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS, easing: "ease" }).finished;
      }
      if (former) drop(former);
    }

    let queue = Promise.resolve();
    function inTurn(step) {
      queue = queue.then(step, step);
      return queue;
    }

    // Shows the scene at an address; what is in front stays until the new one is ready, also when it never is.
    function show(address) {
      return inTurn(async () => {
        if (front && front.address === address) return true;
        try {
          const layer = await prepared(address);
          loading = null;
          if (layer.outdated) drop(layer);
          await swap(layer.outdated ? await load(address) : layer);
          return true;
        } catch (error) {
          return false;
        }
      });
    }

    function refresh() {
      refreshed = performance.now();
      return inTurn(async () => {
        try {
          if (loading) loading.layer.then(drop, () => {});
          loading = null;
          await swap(await load(front.address));
        } catch (error) {
          // Tried again with a later frame.
        }
      });
    }

    function start(address, element) {
      remember(address, element.outerHTML);
      front = adopt(address, element);
    }

    return {
      start, show, refresh, preload: (address) => prepared(address).catch(() => {}), address: () => front && front.address,
    };
  };
})(window.kpiwall);
