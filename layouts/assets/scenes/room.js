/* The room: the draft's bar, the list or one scene below it, the server's word on the draft, and saving it. */
"use strict";
(function (scenes) {
  const { make, say, button, post, line } = scenes;
  const CHECK_MS = 400;

  const live = make("div", { class: "unseen", role: "status", "aria-live": "polite" });
  scenes.announce = (text) => { live.textContent = text.trim(); };

  const textEntry = (target) => target.matches("input:not([type=checkbox]), textarea");

  function download(text, name) {
    const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    make("a", { href: address, download: name }).click();
    window.setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  function newRoom(root, facts) {
    const draft = scenes.newDraft(facts);
    const bar = make("div", { class: "draft-bar" });
    const notes = make("div", { class: "draft-notes" });
    const place = make("div", { class: "draft-place" });
    let view = null;
    let found = { faults: [], changes: [], waits: "" };
    let newer = draft.number() === facts.number ? null : facts;
    let outcome = null;
    let checking = 0;
    let look = { screen: "wide", theme: "dark" };

    const room = {
      facts, draft,
      faults: () => found.faults,
      open: (id) => { window.location.hash = id; },
      theme: () => look.theme,
      screen: () => look.screen,
      // Pictures tell which model they are of: another one than the draft's is met at the next check.
      heard: (number) => { if (number !== draft.number() && !newer) soon(); },
      setTheme: (theme) => lookAt({ theme }),
      setScreen: (screen) => lookAt({ screen }),
    };

    function lookAt(next) {
      look = { ...look, ...next };
      view.looked();
    }

    const shownId = () => decodeURIComponent(window.location.hash.slice(1));

    function route() {
      const id = shownId();
      if (view) view.close();
      view = id && draft.scene(id) ? scenes.newEditor(room, id) : scenes.newList(room);
      place.replaceChildren(view.element);
      drawBar();
      view.start();
    }

    const errors = () => found.faults.filter((fault) => fault.level === "error").length;

    function state() {
      if (!draft.changed()) return make("span", { class: "quiet" }, say("as_in_force", { version: facts.version }));
      const n = found.changes.length;
      const bad = errors() ? make("span", { class: "draft-errors", "data-is": "bad" }, make("i", { class: "glyph" }), say("errors_n", { n: errors() })) : null;
      return make("span", { class: "draft-state" }, say("changed_n", { n }), bad);
    }

    function drawBar() {
      const scene = draft.scene(shownId());
      const icon = (name, act, can) => make("button", { type: "button", class: "icon-button", "aria-label": say(name), title: say(name), disabled: !can, onclick: act }, scenes.icon(name));
      const back = scene ? make("a", { href: "#", class: "back-link" }, scenes.icon("back"), say("all")) : null;
      const title = scene ? make("span", { class: "bar-title" }, scenes.textIn(scene.title, facts.language) || scene.id) : null;
      const left = scene ? [back, title] : [button(say("new"), () => scenes.newSceneDialog(draft, facts, room.open), "", { id: "scene-new" })];
      bar.replaceChildren(
        make("div", { class: "bar-left" }, left),
        make("div", { class: "bar-right" }, state(), icon("undo", draft.undo, draft.canUndo()), icon("redo", draft.redo, draft.canRedo()),
          button(say("download"), save_file, "", { id: "scene-file" }),
          button(say("discard"), discard, "", { id: "scene-discard", disabled: !draft.changed() }),
          button(say("save"), review, "main", { id: "scene-save", disabled: !draft.changed() || errors() > 0 || newer !== null })));
    }

    function drawNotes() {
      const parts = [];
      if (newer && draft.changed()) {
        parts.push(make("div", { class: "draft-note", "data-is": "watch" }, make("i", { class: "glyph" }),
          make("div", {}, say("outdated", { version: newer.version })),
          make("div", { class: "row buttons" }, button(say("go_on"), goOn, "main"), button(say("discard"), discard))));
      }
      if (outcome) parts.push(outcome);
      const others = found.faults.filter((fault) => fault.scene === null || fault.scene === undefined);
      parts.push(...others.map((fault) => line(fault.level, fault.text)));
      if (found.waits) parts.push(line("watch", found.waits));
      notes.replaceChildren(...parts);
    }

    async function check() {
      try {
        const { status, content } = await post("draft", { language: facts.language, scenes: draft.scenes() });
        if (status !== 200) throw new Error(content.error);
        found = content;
        if (content.number !== draft.number()) await meet();
      } catch (error) {
        return void scenes.announce(say("away"));
      }
      drawBar();
      drawNotes();
      view.checked();
    }

    // Somebody applied another model: a draft that changes nothing follows it, another one asks what to do.
    async function meet() {
      const answer = await fetch(`/desk/scenes/facts?lang=${facts.language}`);
      const next = await answer.json();
      if (draft.changed()) newer = next;
      else take(next);
    }

    function take(next) {
      Object.assign(facts, next);
      newer = null;
      draft.discard();
    }

    function goOn() {
      const both = draft.goOn(Object.assign(facts, newer));
      newer = null;
      outcome = both.length ? line("watch", say("both_changed", { scenes: both.map((id) => {
        const scene = draft.scene(id);
        return scene ? scenes.textIn(scene.title, facts.language) : id;
      }).join(", ") })) : null;
      route();
      soon();
    }

    function discard() {
      if (newer) Object.assign(facts, newer);
      [newer, outcome] = [null, null];
      draft.discard();
      scenes.announce(say("discarded"));
    }

    async function save_file() {
      const { status, content } = await post("file", { language: facts.language, scenes: draft.scenes() });
      if (status === 200) return void download(content.text, "scenes.yaml");
      outcome = line("bad", content.error);
      drawNotes();
    }

    async function review() {
      const { status, content } = await post("draft", { language: facts.language, scenes: draft.scenes(), review: true });
      if (status !== 200) return void scenes.announce(content.error);
      const save = (reason) => post("save", {
        language: facts.language, scenes: draft.scenes(), number: draft.number(), reason,
      });
      scenes.saveDialog(content, save, saved);
    }

    async function saved(done) {
      await meetSaved(done);
      drawBar();
      drawNotes();
    }

    // After a conflict the draft stays and the note says how to go on; after a save the draft is what is in force.
    async function meetSaved(done) {
      const answer = await fetch(`/desk/scenes/facts?lang=${facts.language}`);
      const next = await answer.json();
      if (!done) {
        newer = next;
        return;
      }
      const link = (text, href) => make("a", { class: "text-link", href }, text);
      const id = shownId();
      outcome = make("div", { class: "draft-note", "data-is": "good", id: "scene-saved" }, make("i", { class: "glyph" }),
        make("div", {}, done.text, " ", id ? link(say("to_wall"), `/wall/${id}?lang=${facts.language}`) : null, " ",
          link(say("to_history"), `/desk/history?lang=${facts.language}`)));
      take(next);
    }

    function soon() {
      window.clearTimeout(checking);
      checking = window.setTimeout(check, CHECK_MS);
    }

    function keyed(event) {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || textEntry(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) draft.undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) draft.redo();
      else return;
      event.preventDefault();
    }

    draft.listen((how) => {
      const shown = shownId();
      if (shown && !draft.scene(shown)) room.open("");
      if (how === "typed" || how === "edited") outcome = null;
      drawBar();
      drawNotes();
      view.changed(how);
      soon();
    });
    window.addEventListener("hashchange", route);
    document.addEventListener("keydown", keyed);

    root.replaceChildren(live, bar, notes, place);
    if (draft.kept() && !newer) outcome = line("watch", say("kept"));
    route();
    drawNotes();
    check();
  }

  scenes.open = async function (root) {
    try {
      const answer = await fetch(`/desk/scenes/facts?lang=${root.dataset.language}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const facts = await answer.json();
      scenes.speak(facts.said);
      newRoom(root, facts);
    } catch (error) {
      root.textContent = `${error.message}`;
    }
  };

  scenes.open(document.getElementById("scene-room"));
})(window.kpiwall.scenes);
