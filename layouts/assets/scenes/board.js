/* The board: the picture of the wall with its tiles as boxes over it, moved and resized by pointer or keyboard. */
"use strict";
(function (scenes) {
  const { make, say, grid } = scenes;
  const EDGES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  // A hand trembles: less is a click, not a drag.
  const STILL_PX = 4;

  // `on`: { select(index), place(index, place), remove(index) }.
  scenes.newBoard = function (facts, on) {
    const lines = make("div", { class: "grid-lines" });
    const layer = make("div", { class: "boxes" });
    const element = make("div", { class: "board", role: "group", "aria-label": say("board") }, layer);
    let shown = { tiles: [], places: [], faults: [], selected: -1, cells: null, screen: null };
    let drag = null;

    const scale = () => {
      const wall = grid.wallIn(shown.cells, shown.screen);
      return { ...wall, k: element.clientWidth / shown.screen.width };
    };

    function at(rect) {
      const { u, left, top, k } = scale();
      const per = (value, whole) => `${(100 * value) / whole}%`;
      const { width, height } = shown.screen;
      return {
        k: u * k,
        style: `left:${per(left + rect.left * u, width)};top:${per(top + rect.top * u, height)};`
          + `width:${per(rect.width * u, width)};height:${per(rect.height * u, height)}`,
      };
    }

    const seated = (box, place) => { box.style.cssText = at(grid.rect(shown.cells, place)).style; };

    function spoken(index, place) {
      return say("tile_at", { name: scenes.tileName(facts, shown.tiles[index]), ...place });
    }

    function newBox(index) {
      const handles = EDGES.map((edge) => make("i", { class: `handle handle-${edge}`, "data-edge": edge }));
      return make("div", {
        class: "box", role: "button", tabindex: "0", "data-tile": index,
        onfocus: () => on.select(index), onkeydown: (event) => keyed(event, index), onpointerdown: (event) => grab(event, index),
      }, make("span", { class: "box-name" }), make("span", { class: "box-fault" }), handles);
    }

    function fill(box, index) {
      const [tile, place] = [shown.tiles[index], shown.places[index]];
      const own = shown.faults.filter((fault) => fault.tile === index);
      const bad = own.find((fault) => fault.level === "error") || own[0];
      box.hidden = !place;
      if (!place) return;
      if (!drag || drag.index !== index) seated(box, place);
      box.querySelector(".box-name").textContent = scenes.tileName(facts, tile);
      const fault = box.querySelector(".box-fault");
      fault.textContent = bad ? bad.text : "";
      fault.dataset.is = bad && bad.level === "error" ? "bad" : "watch";
      box.dataset.faulty = bad ? bad.level : "";
      // A tile that names nothing that exists is not drawn: its name stands for it.
      box.dataset.blank = own.some((one) => one.level === "error" && !["at", "portrait"].includes(one.key)) ? "1" : "";
      box.setAttribute("aria-pressed", String(index === shown.selected));
      box.setAttribute("aria-label", [spoken(index, place), ...own.map((one) => one.text)].join(". "));
    }

    // A box stays the same element while its tile stays, so that it keeps the focus.
    function draw() {
      while (layer.children.length > shown.tiles.length) layer.lastChild.remove();
      while (layer.children.length < shown.tiles.length) layer.append(newBox(layer.children.length));
      [...layer.children].forEach(fill);
      const { columns, rows, column, row, gutter } = shown.cells;
      const whole = grid.rect(shown.cells, { column: 1, row: 1, columns, rows });
      lines.style.cssText = `${at(whole).style};--columns:${(100 * column) / (whole.width + gutter)}%;`
        + `--rows:${(100 * row) / (whole.height + gutter)}%`;
      element.dataset.empty = shown.tiles.length ? "" : say("empty_scene");
    }

    function show(next) {
      shown = { ...shown, ...next };
      draw();
    }

    function keyed(event, index) {
      const step = STEPS[event.key];
      const place = shown.places[index];
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (step && place) {
        const next = event.shiftKey
          ? grid.resized(shown.cells, place, step[0] ? "e" : "s", step[0], step[1])
          : grid.moved(shown.cells, place, step[0], step[1]);
        on.place(index, next);
        scenes.announce(say("tile_at", { name: "", ...next }));
      } else if (event.key === "Delete" || event.key === "Backspace") {
        on.remove(index);
      } else if (event.key === "Escape") {
        event.currentTarget.blur();
        on.select(-1);
      } else if (event.key === "Enter" || event.key === " ") {
        on.open(index);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    }

    function grab(event, index) {
      if (event.button !== 0 || !shown.places[index]) return;
      const box = event.currentTarget;
      event.preventDefault();
      box.focus({ preventScroll: true });
      drag = { index, box, x: event.clientX, y: event.clientY, edges: event.target.dataset.edge || "", begun: false, place: shown.places[index] };
      box.setPointerCapture(event.pointerId);
    }

    function dragged(event) {
      if (!drag) return;
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.begun && Math.hypot(dx, dy) < STILL_PX) return;
      drag.begun = true;
      const { u, k } = scale();
      const columns = Math.round(dx / (shown.cells.column * u * k));
      const rows = Math.round(dy / (shown.cells.row * u * k));
      const from = shown.places[drag.index];
      drag.place = drag.edges ? grid.resized(shown.cells, from, drag.edges, columns, rows) : grid.moved(shown.cells, from, columns, rows);
      drag.box.classList.add("dragged");
      seated(drag.box, drag.place);
      const hit = shown.places.some((other, index) => index !== drag.index && other && grid.overlap(other, drag.place));
      drag.box.classList.toggle("over", hit);
    }

    function dropped(keep) {
      if (!drag) return;
      const { index, box, begun, place } = drag;
      drag = null;
      box.classList.remove("dragged", "over");
      if (begun && keep) on.place(index, place);
      draw();
    }

    layer.addEventListener("pointermove", dragged);
    layer.addEventListener("pointerup", () => dropped(true));
    layer.addEventListener("pointercancel", () => dropped(false));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && drag) {
        event.stopPropagation();
        dropped(false);
      }
    }, true);
    element.addEventListener("pointerdown", (event) => { if (!event.target.closest(".box")) on.select(-1); });

    element.prepend(lines);
    return { element, show, focus: (index) => layer.children[index] && layer.children[index].focus({ preventScroll: true }) };
  };
})(window.kpiwall.scenes);
