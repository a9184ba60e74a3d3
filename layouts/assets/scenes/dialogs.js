/* Dialogs: a new scene, and what saving changes before it is done. */
"use strict";
(function (scenes) {
  const { make, say, button, line, post, textIn } = scenes;

  function open(title, content, css) {
    const close = () => dialog.close();
    const dialog = make("dialog", { class: `scene-dialog ${css || ""}`.trim(), "aria-label": title },
      make("div", { class: "sheet-head" }, make("h2", {}, title),
        make("button", { type: "button", class: "icon-button", "aria-label": say("close"), onclick: close }, scenes.icon("close"))),
      content);
    dialog.addEventListener("close", () => dialog.remove());
    document.querySelector(".desk").append(dialog);
    dialog.showModal();
    return dialog;
  }

  const field = (label, entry, hint) => make("div", { class: "field" },
    make("label", {}, make("span", { class: "label" }, label), entry), hint ? make("div", { class: "hint" }, hint) : null);
  scenes.labelled = field;

  // An id that an address can carry, from a title: letters, digits and _; never one that is taken.
  function idFrom(title, taken) {
    const plain = title.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 40);
    const stem = plain || "scene";
    let id = stem;
    for (let number = 2; taken.includes(id); number += 1) id = `${stem}_${number}`;
    return id;
  }

  async function begun(from, draft, language) {
    const [kind, id] = from.split(" ");
    if (kind === "empty") return {};
    const source = JSON.parse(JSON.stringify(draft.scene(id)));
    if (kind === "copy") return source;
    const { status, content } = await post("tiles", { language, scene: source });
    if (status !== 200) throw new Error(content.error);
    return { ...(source.unit ? { unit: source.unit } : {}), tiles: content.tiles };
  }

  // `done` is told the id of the scene that was made.
  scenes.newSceneDialog = function (draft, facts, done) {
    const { language } = facts;
    const title = { zh: make("input", { class: "entry", maxlength: 80 }), en: make("input", { class: "entry", maxlength: 80 }) };
    const address = make("input", { class: "entry", maxlength: 48, spellcheck: "false" });
    const told = make("div", { class: "told", role: "alert" });
    const option = (value, scene, name) => make("option", { value }, say(name, { title: textIn(scene.title, language) }));
    const from = make("select", { class: "select" }, make("option", { value: "empty" }, say("from_empty")),
      draft.scenes().map((scene) => option(`copy ${scene.id}`, scene, "from_copy")),
      draft.scenes().filter((scene) => (scene.kpis || []).length).map((scene) => option(`tiles ${scene.id}`, scene, "from_tiles")));
    const taken = () => draft.scenes().map((scene) => scene.id);
    let typed = false;
    address.addEventListener("input", () => { typed = true; });
    Object.values(title).forEach((entry) => entry.addEventListener("input", () => {
      if (!typed) address.value = idFrom(title.en.value || title.zh.value, taken());
    }));

    async function create(event) {
      event.preventDefault();
      const [zh, en] = [title.zh.value.trim(), title.en.value.trim()];
      const id = address.value.trim() || idFrom(en || zh, taken());
      if (!zh && !en) return void told.replaceChildren(line("bad", say("no_title")));
      if (!/^[a-z][a-z0-9_]{0,47}$/.test(id)) return void told.replaceChildren(line("bad", say("bad_id")));
      if (taken().includes(id)) return void told.replaceChildren(line("bad", say("taken_id", { id })));
      try {
        const begin = await begun(from.value, draft, language);
        const scene = { ...begin, id, title: scenes.textOf(zh, en) };
        draft.edit((all) => all.push(scene));
        dialog.close();
        done(id);
      } catch (error) {
        told.replaceChildren(line("bad", error.message));
      }
    }

    const form = make("form", { onsubmit: create },
      field(say("title_zh"), title.zh), field(say("title_en"), title.en), field(say("begin_with"), from),
      field(say("address"), make("div", { class: "prefixed" }, make("span", { class: "quiet" }, "/wall/"), address), say("address_hint")),
      told, make("div", { class: "row buttons" }, make("button", { type: "submit", class: "button main" }, say("create"))));
    const dialog = open(say("new"), form);
    (language === "en" ? title.en : title.zh).focus();
  };

  const sign = (change) => make("li", { "data-sign": change.sign },
    make("span", { class: "sign" }, change.sign === "-" ? "−" : change.sign), make("span", { class: "what strong" }, change.title),
    make("span", {}, change.detail));

  // Shows what changes; `save` does it and gives { status, content }.
  scenes.saveDialog = function (review, save, saved) {
    const told = make("div", { class: "told", role: "alert" });
    const reason = make("input", { class: "entry", maxlength: 500, placeholder: say("reason_hint") });
    const go = make("button", { type: "submit", class: "button main" }, say("save_do"));

    async function act(event) {
      event.preventDefault();
      go.disabled = true;
      try {
        const { status, content } = await save(reason.value);
        if (status === 200) {
          dialog.close();
          return void saved(content);
        }
        told.replaceChildren(line("bad", content.error));
        if (status === 409) return void saved(null);
      } catch (error) {
        told.replaceChildren(line("bad", say("away")));
      }
      go.disabled = false;
    }

    const version = make("p", { class: "version-line" }, say("version"), " ",
      make("span", { class: "was number" }, review.version), make("i", { class: "arrow" }), make("span", { class: "number strong" }, review.next));
    const form = make("form", { onsubmit: act },
      make("ul", { class: "differences" }, review.changes.map(sign)), version,
      review.waits ? line("watch", review.waits) : null,
      make("div", { class: "row" }, make("div", { class: "field wide" }, field(say("reason"), reason))),
      make("p", { class: "hint" }, say("save_note")), told, make("div", { class: "row buttons" }, go));
    const dialog = open(say("save_title"), form, "wide-dialog");
    reason.focus();
    return dialog;
  };
})(window.kpiwall.scenes);
