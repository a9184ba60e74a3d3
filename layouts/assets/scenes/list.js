/* The list: every scene of the draft with a small live picture of its wall. */
"use strict";
(function (scenes) {
  const { make, say, button, textIn } = scenes;
  const REFRESH_MS = 10000;

  // `room`: { facts, draft, faults(), heard(number), open(id) }.
  scenes.newList = function (room) {
    const { facts, draft } = room;
    const element = make("div", { class: "scene-cards" });
    const cards = new Map();
    const watch = new IntersectionObserver((seen) => seen.forEach((one) => {
      const card = cards.get(one.target.dataset.scene);
      if (!card) return;
      card.seen = one.isIntersecting;
      if (card.seen) card.frame.load("dark");
      if (card.seen) card.frame.refresh();
    }), { rootMargin: "200px" });

    const unitTitle = (scene) => (scene.unit
      ? (facts.units.find((one) => one.id === scene.unit) || { title: scene.unit }).title : say("unit_of_screen"));

    function remove(id) {
      draft.edit((all) => all.splice(all.findIndex((scene) => scene.id === id), 1));
      scenes.announce(say("deleted"));
    }

    function newCard(id) {
      const picture = make("div", { class: "card-picture" });
      const scene = () => draft.scene(id);
      const frame = scenes.newFrame(picture, facts.language, () => scene() && { scene: scene(), unit: facts.root }, (found) => {
        picture.dataset.drawn = found ? "1" : "";
        if (found) room.heard(found.number);
      });
      const title = make("span", { class: "card-title" });
      const about = make("div", { class: "dotted quiet" });
      const state = make("div", { class: "card-state" });
      const shown = facts.shown_by[id];
      const away = button(say("delete"), () => remove(id), "quiet-button",
        shown ? { disabled: true, title: say("in_playlist", { playlists: shown.join(", ") }) } : {});
      const link = make("button", { type: "button", class: "card-link", onclick: () => room.open(id) }, picture, title);
      const card = make("article", { class: "sheet scene-card", "data-scene": id }, link, about, state,
        make("div", { class: "row buttons" }, button(say("edit"), () => room.open(id)), away));
      watch.observe(card);
      return { element: card, frame, title, about, state, seen: false };
    }

    function fill(card, scene, index) {
      const faults = room.faults().filter((fault) => fault.scene === index);
      const errors = faults.filter((fault) => fault.level === "error").length;
      const shownBy = (facts.shown_by[scene.id] || []).join(", ");
      const told = [unitTitle(scene), (scene.tiles || []).length ? say("tiles_n", { n: scene.tiles.length }) : say("arranged"),
        ...(shownBy ? [`${say("playlists")}: ${shownBy}`] : [])];
      card.title.textContent = textIn(scene.title, facts.language) || scene.id;
      card.about.replaceChildren(...told.map((text) => make("span", {}, text)));
      card.state.replaceChildren(
        errors ? scenes.line("bad", say("errors_n", { n: errors }))
          : faults.length ? scenes.line("watch", say("doubts_n", { n: new Set(faults.map((fault) => fault.text)).size })) : "");
    }

    function draw() {
      const all = draft.scenes();
      [...cards.keys()].filter((id) => !draft.scene(id)).forEach((id) => {
        const card = cards.get(id);
        card.frame.close();
        card.element.remove();
        cards.delete(id);
      });
      all.forEach((scene, index) => {
        if (!cards.has(scene.id)) cards.set(scene.id, newCard(scene.id));
        const card = cards.get(scene.id);
        if (element.children[index] !== card.element) element.insertBefore(card.element, element.children[index] || null);
        fill(card, scene, index);
      });
      let none = element.querySelector(".empty");
      if (!all.length && !none) element.append(make("div", { class: "empty" }, say("none")));
      if (all.length && none) none.remove();
    }

    const refresh = () => cards.forEach((card) => { if (card.seen && !document.hidden) card.frame.refresh(); });
    const timer = window.setInterval(refresh, REFRESH_MS);

    return {
      element,
      start: draw,
      changed: () => { draw(); refresh(); },
      checked: draw,
      looked: () => {},
      close() {
        window.clearInterval(timer);
        watch.disconnect();
        cards.forEach((card) => card.frame.close());
      },
    };
  };
})(window.kpiwall.scenes);
