/* The editor of one scene: kinds to add at the left, the board in the middle, properties at the right. */
"use strict";
(function (scenes) {
  const { make, say, button, segments, grid } = scenes;
  const DEBOUNCE_MS = 180;
  const REFRESH_MS = 5000;
  const SCREENS = {
    wide: { width: 1920, height: 1080 },
    ultra: { width: 2520, height: 1080 },
    old: { width: 1440, height: 1080 },
    portrait: { width: 1080, height: 1920 },
  };

  // `room`: { facts, draft, faults(), heard(number), theme(), setTheme(name), screen(), setScreen(name) }.
  scenes.newEditor = function (room, id) {
    const { facts, draft } = room;
    const scene = () => draft.scene(id);
    let selected = -1;
    let unit = facts.root;
    let packed = [];
    let waiting = 0;

    const upright = () => room.screen() === "portrait";
    const cells = () => facts.grids[upright() ? "portrait" : "landscape"];
    const tiles = () => scene().tiles || [];
    const arranged = () => !tiles().length && (scene().kpis || []).length > 0;
    const byHand = () => tiles().length > 0 && tiles().every((tile) => tile.portrait);
    const kindOf = (tile) => facts.kinds.find((one) => one.id === tile.tile) || { id: tile.tile, title: tile.tile, fields: [] };
    const places = () => tiles().map((tile, index) => (upright() ? (byHand() ? tile.portrait : packed[index]) : tile.at));
    const unitOf = (tile) => facts.units.find((one) => one.id === ((tile || {}).unit || scene().unit || unit));
    const used = () => tiles().map((tile) => tile.kpi).filter((kpi) => kpi);
    const all = () => room.faults().filter((fault) => draft.scenes()[fault.scene] === scene());
    // What is wrong on a portrait wall is told there; elsewhere one line leads to it.
    const faults = () => all().filter((fault) => upright() ? fault.key !== "at" : fault.key !== "portrait");

    const board = scenes.newBoard(facts, {
      select,
      place: (index, place) => draft.editScene(id, (it) => setPlace(it, index, place), `place.${index}`),
      remove,
      open: () => { const first = properties.querySelector("select, input, button"); if (first) first.focus(); },
    });
    const frame = scenes.newFrame(board.element, facts.language, () => scene() && { scene: scene(), unit }, drawn);
    const note = make("div", { class: "board-note", role: "status" });
    const tools = make("div", { class: "board-tools" });
    const palette = make("div", { class: "palette", role: "group", "aria-label": say("add_tile") });
    const properties = make("section", { class: "sheet properties" });
    const list = make("div", { class: "board-faults" });
    const element = make("div", { class: "editor" }, palette,
      make("div", { class: "board-side" }, tools, make("div", { class: "board-room" }, board.element), note, list), properties);

    function setPlace(it, index, place) {
      if (!upright()) {
        it.tiles[index].at = place;
        return;
      }
      // The first tile placed by hand takes all others from where they were packed: places are of all tiles or of none.
      if (!byHand()) it.tiles.forEach((tile, at) => { tile.portrait = packed[at] || tile.at; });
      it.tiles[index].portrait = place;
    }

    function select(index) {
      if (index === selected) return;
      selected = index;
      drawBoard();
      drawProperties();
    }

    function remove(index) {
      if (index < 0) return;
      selected = -1;
      draft.editScene(id, (it) => {
        it.tiles.splice(index, 1);
        if (!it.tiles.length) delete it.tiles;
      });
      drawProperties();
      board.focus(Math.min(index, tiles().length - 1));
    }

    function add(kind, like) {
      const size = like ? [like.at.columns, like.at.rows] : kind.size;
      const place = grid.free(facts.grids.landscape, tiles().map((tile) => tile.at), size, kind.smallest);
      if (!place) return tell("watch", say("no_room", { kind: kind.title, columns: kind.smallest[0], rows: kind.smallest[1] }));
      const at = { facts, unit: unitOf(null) };
      const tile = like ? { ...like, at: place } : scenes.newTile(at, kind, place, used());
      delete tile.portrait;
      if (byHand()) {
        const own = [Math.min(kind.size[0], facts.grids.portrait.columns), kind.size[1]];
        const free = grid.free(facts.grids.portrait, tiles().map((one) => one.portrait), own, kind.upright);
        tile.portrait = free || { column: 1, row: 1, columns: kind.upright[0], rows: kind.upright[1] };
      }
      draft.editScene(id, (it) => { it.tiles = [...(it.tiles || []), tile]; });
      board.focus(tiles().length - 1);
      return undefined;
    }

    const change = (step, name) => draft.editScene(id, step, name);

    async function toTiles() {
      const { status, content } = await scenes.post("tiles", { language: facts.language, scene: scene() });
      if (status !== 200) return void tell("bad", content.error);
      change((it) => {
        ["kpis", "ranking", "ranking_title", "trend"].forEach((name) => delete it[name]);
        it.tiles = content.tiles;
      });
    }

    function tell(level, text) {
      note.replaceChildren(text ? scenes.line(level, text) : "");
    }

    function drawn(picture, trouble) {
      board.element.dataset.drawn = picture ? "1" : "";
      if (!picture) return void tell("watch", trouble);
      room.heard(picture.number);
      tell("", "");
      packed = picture.portrait;
      if (upright()) drawBoard();
    }

    function drawBoard() {
      const screen = SCREENS[room.screen()];
      board.element.style.setProperty("--ratio", screen.width / screen.height);
      board.element.dataset.arranged = arranged() ? "1" : "";
      frame.resize(screen);
      board.show({ tiles: tiles(), places: places(), faults: faults(), selected, cells: cells(), screen });
    }

    function drawTools() {
      const shapes = [["wide", "16:9"], ["ultra", "21:9"], ["old", "4:3"], ["portrait", say("portrait")]];
      const themes = [["dark", say("dark")], ["light", say("light")], ...(facts.brand ? [["brand", say("brand")]] : [])];
      const shownAt = make("select", { class: "select", "aria-label": say("shown_at"), onchange: () => {
        unit = shownAt.value;
        frame.refresh();
        drawProperties();
      } }, facts.units.map((one) => make("option", { value: one.id }, "\u2003".repeat(one.depth) + one.title)));
      shownAt.value = unit;
      const hand = byHand() ? [make("span", { class: "quiet" }, say("by_hand")), button(say("pack"), () => change((it) => {
        it.tiles.forEach((tile) => delete tile.portrait);
      }), "quiet-button")] : [make("span", { class: "quiet" }, say("packed"))];
      tools.replaceChildren(
        segments(say("screen"), shapes, room.screen(), room.setScreen), segments(say("theme"), themes, room.theme(), room.setTheme),
        scene().unit ? "" : make("label", { class: "tool-label" }, make("span", { class: "label" }, say("shown_at")), shownAt),
        make("div", { class: "tool-note" }, upright() && tiles().length ? hand : ""));
    }

    function drawPalette() {
      const one = (kind) => {
        const why = kind.lacks || (arranged() ? say("arranged_first") : "");
        return make("button", { type: "button", class: "kind", "data-kind": kind.id, disabled: why !== "", title: why || kind.about,
          onclick: () => add(kind) }, scenes.icon(kind.id), make("span", {}, kind.title));
      };
      palette.replaceChildren(make("h2", {}, say("add_tile")), ...facts.kinds.map(one));
    }

    function drawFaults() {
      const rows = faults().map((fault) => {
        const tile = tiles()[fault.tile];
        const where = tile ? make("button", { type: "button", class: "at-tile", onclick: () => board.focus(fault.tile) },
          scenes.tileName(facts, tile)) : null;
        return make("li", { "data-is": fault.level === "error" ? "bad" : "watch" }, make("i", { class: "glyph" }),
          make("div", {}, where, where ? " " : null, fault.text));
      });
      const hidden = all().filter((fault) => fault.key === "portrait" && !upright());
      if (hidden.length) rows.push(uprightLine(hidden));
      list.replaceChildren(rows.length ? make("ul", { class: "sayings" }, rows) : "");
    }

    const uprightLine = (hidden) => make("li", { "data-is": hidden.some((fault) => fault.level === "error") ? "bad" : "watch" },
      make("i", { class: "glyph" }), make("div", {},
        make("button", { type: "button", class: "at-tile", onclick: () => room.setScreen("portrait") }, say("portrait")),
        " ", say("upright_n", { n: hidden.length })));

    const own = (index) => {
      const own = faults().filter((fault) => (fault.tile ?? -1) === index);
      return own.length ? make("div", { class: "own-faults" }, own.map((fault) => scenes.line(fault.level === "error" ? "bad" : "watch", fault.text))) : null;
    };

    function placeFields(index) {
      const place = places()[index];
      if (!place) return null;
      const most = { column: cells().columns, row: cells().rows, columns: cells().columns, rows: cells().rows };
      return make("div", { class: "place-fields" }, ["column", "row", "columns", "rows"].map((name) => {
        const entry = make("input", { class: "entry num", type: "number", min: 1, max: most[name], value: place[name], onchange: () => {
          const value = Math.round(Number(entry.value));
          if (value >= 1 && value <= most[name]) change((it) => setPlace(it, index, { ...places()[index], [name]: value }));
        } });
        return scenes.labelled(say(`place_${name}`), entry);
      }));
    }

    function tileProperties(index) {
      const tile = tiles()[index];
      const kind = kindOf(tile);
      const below = kind.below || tile.by === "unit";
      const at = { facts, target: tile, unit: unitOf(tile), below, of: tile.of };
      const kinds = facts.kinds.filter((one) => !one.lacks || one.id === tile.tile);
      const pick = make("select", { class: "select", onchange: () => change((it) => {
        it.tiles[index] = scenes.asKind({ facts, unit: unitOf(tile) }, tile, kindOf({ tile: pick.value }), used());
      }) }, kinds.map((one) => make("option", { value: one.id }, one.title)));
      pick.value = tile.tile;
      const kindField = scenes.labelled(say("kind"), pick);
      kindField.dataset.field = "tile";
      const rebuilt = new Set(["unit", "of", "table", "by", "kpis", "about", "states"]);
      return [
        make("div", { class: "sheet-head" }, make("h2", {}, scenes.icon(tile.tile), kind.title),
          make("button", { type: "button", class: "icon-button", "aria-label": say("deselect"), onclick: () => select(-1) }, scenes.icon("close"))),
        make("p", { class: "hint" }, kind.about || ""), own(index), kindField,
        ...scenes.formOf(at, kind.fields, (it, value) => {
          change((now) => scenes.put(now.tiles[index], it, value), `${index}.${it.name}`);
          if (rebuilt.has(it.name)) drawProperties();
        }),
        placeFields(index),
        make("div", { class: "row buttons" }, button(say("duplicate"), () => add(kind, tile)), button(say("remove_tile"), () => remove(index))),
      ];
    }

    function sceneProperties() {
      const fields = facts.scene_fields.filter((it) => arranged() || ["title", "unit"].includes(it.name));
      const at = { facts, target: scene(), unit: unitOf(null), below: false };
      const playlists = facts.shown_by[id];
      return [
        make("div", { class: "sheet-head" }, make("h2", {}, say("scene"))),
        ...scenes.formOf(at, fields, (it, value) => {
          change((now) => scenes.put(now, it, value), it.name);
          if (["unit", "kpis"].includes(it.name)) drawAll();
        }),
        make("dl", { class: "said-list" },
          make("div", {}, make("dt", {}, say("address")), make("dd", {}, `/wall/${id}`)),
          make("div", {}, make("dt", {}, say("playlists")), make("dd", {}, playlists ? playlists.join(", ") : say("no_playlist")))),
        arranged() ? make("div", { class: "turn" }, make("p", { class: "hint" }, say("arranged_note")), button(say("to_tiles"), toTiles)) : null,
        make("p", { class: "hint keys" }, say("keys")),
      ];
    }

    // Built anew, the field that had the focus has it again.
    function drawProperties() {
      const field = properties.contains(document.activeElement) && document.activeElement.closest("[data-field]");
      properties.replaceChildren(...(tiles()[selected] ? tileProperties(selected) : sceneProperties()).filter((one) => one));
      const again = field && properties.querySelector(`[data-field="${field.dataset.field}"] :is(select, input, textarea, button)`);
      if (again) again.focus();
    }

    function drawAll() {
      if (selected >= tiles().length) selected = -1;
      drawTools();
      drawPalette();
      drawBoard();
      drawFaults();
      drawProperties();
    }

    function refresh() {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(frame.refresh, DEBOUNCE_MS);
    }

    const timer = window.setInterval(() => { if (!document.hidden) frame.refresh(); }, REFRESH_MS);
    frame.load(room.theme());

    return {
      element,
      start: () => { drawAll(); frame.refresh(); },
      // `how`: typed (into a form, which must keep its focus), edited or turned (undo, redo, discard).
      changed(how) {
        if (!scene()) return;
        if (how === "typed") {
          drawBoard();
          drawTools();
          drawFaults();
          if (properties.contains(document.activeElement)) keepPlace();
          else drawProperties();
        } else {
          drawAll();
        }
        refresh();
      },
      checked() {
        drawBoard();
        drawFaults();
        drawOwn();
      },
      looked() {
        frame.load(room.theme());
        drawAll();
        frame.refresh();
      },
      close() {
        window.clearInterval(timer);
        window.clearTimeout(waiting);
        frame.close();
      },
    };

    // The numbers of a place follow what the board does, without building the form anew.
    function keepPlace() {
      const place = places()[selected];
      const entries = [...properties.querySelectorAll(".place-fields input")];
      if (place) ["column", "row", "columns", "rows"].forEach((name, at) => { if (entries[at]) entries[at].value = place[name]; });
    }

    function drawOwn() {
      const before = properties.querySelector(".own-faults");
      const now = own(tiles()[selected] ? selected : -1);
      if (before) before.remove();
      if (now) properties.querySelector(".sheet-head").after(now);
    }
  };
})(window.kpiwall.scenes);
