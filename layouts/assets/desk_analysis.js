/* Analysis: tables drawn from their data, sorted and switched in place; what is picked becomes the page's address. */
"use strict";
(function () {
  if (document.documentElement.dataset.page !== "desk") return;
  // Columns with these keys are drawn, and not sorted.
  const DRAWN = "bar";

  function element(name, css, text) {
    const made = document.createElement(name);
    if (css) made.className = css;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /* Mode and order are parts of the address, so that a link and the files show what is seen. */
  function remember(panel, changed) {
    const links = [...panel.querySelectorAll(".an-export"), ...document.querySelectorAll(".other-language")];
    for (const link of [null, ...links]) {
      const url = new URL(link ? link.href : window.location.href);
      for (const [key, value] of Object.entries(changed)) {
        if (value) url.searchParams.set(key, value);
        else url.searchParams.delete(key);
      }
      if (link) link.href = url.href;
      else window.history.replaceState(window.history.state, "", url.href);
    }
    const form = document.querySelector(".an-form");
    const kept = new URLSearchParams(form.dataset.kept);
    for (const [key, value] of Object.entries(changed)) value ? kept.set(key, value) : kept.delete(key);
    form.dataset.kept = kept.toString();
  }

  function order(data) {
    const places = data.rows.map((_, place) => place);
    if (data.sort === "reds") return places.sort((one, other) => data.reds[one] - data.reds[other]);
    const column = data.columns.findIndex(([key]) => key === data.sort);
    if (column < 0 || !data.ranks.length) return places;
    const ranks = data.ranks[Math.min(data.mode, data.ranks.length - 1)][column];
    const known = places.filter((place) => ranks[place] !== null);
    known.sort((one, other) => (data.down ? -1 : 1) * (ranks[one] - ranks[other]));
    return [...known, ...places.filter((place) => ranks[place] === null)];
  }

  function head(data, sortable, text) {
    const row = element("tr");
    data.columns.forEach(([key, title, note, isText, status], place) => {
      const cell = element("th", place === 0 ? "an-first" : isText ? "" : "num");
      cell.scope = "col";
      const name = sortable && key !== DRAWN ? element("button", "an-sort", title) : element("span", "", title);
      if (name.tagName === "BUTTON") {
        name.type = "button";
        name.dataset.sort = key;
        name.title = text.replace("{column}", title);
      }
      if (key === data.sort) cell.setAttribute("aria-sort", data.down ? "descending" : "ascending");
      cell.append(name);
      if (status) cell.dataset.is = status;
      if (status) cell.append(element("i", "glyph"));
      if (note) cell.append(element("div", "an-unit", note));
      row.append(cell);
    });
    const top = element("thead");
    top.append(row);
    return top;
  }

  function bar(share, key) {
    const track = element("div", "an-bar");
    const fill = element("div", "an-fill");
    fill.style.width = `${share * 100}%`;
    track.append(fill);
    if (key === DRAWN) track.classList.add("an-target");
    return track;
  }

  function cellOf([texts, status, tip, href, share], key, place, mode, blank) {
    const cell = element(place === 0 ? "th" : "td", place === 0 ? "an-first" : "num");
    if (place === 0) cell.scope = "row";
    const text = texts[Math.min(mode, texts.length - 1)];
    if (status) cell.dataset.is = status;
    if (tip) cell.title = tip;
    if (key === DRAWN) {
      if (share !== null) cell.append(bar(share, key));
      return cell;
    }
    if (!text) {
      cell.classList.add("an-blank");
      cell.append(element("span", "unseen", blank));
      return cell;
    }
    const inside = element(href ? "a" : "span", "an-value");
    if (href) inside.href = href;
    if (href) inside.tabIndex = -1;
    if (status && status !== "withheld") inside.append(element("i", "glyph"));
    inside.append(element("span", "", text));
    cell.append(inside);
    return cell;
  }

  function rowOf(data, [cells, , , marked], blank) {
    const row = element("tr", marked ? "an-marked" : "");
    cells.forEach((cell, at) => row.append(cellOf(cell, data.columns[at][0], at, data.mode, blank)));
    return row;
  }

  /* Rows are made once for each mode: sorting moves them. */
  function body(data, blank) {
    const rows = element("tbody");
    data.made = data.made || {};
    const made = data.made[data.mode] = data.made[data.mode] || data.rows.map((row) => rowOf(data, row, blank));
    let group = "";
    for (const place of order(data)) {
      const [, depth, named] = data.rows[place];
      if (named && named !== group) {
        const line = element("tr", "an-group");
        const over = element("th", "", named);
        over.colSpan = data.columns.length;
        over.scope = "rowgroup";
        line.append(over);
        rows.append(line);
      }
      group = named;
      const indented = depth && !data.sort;
      if (indented) made[place].firstElementChild.style.paddingLeft = `${1 + depth * 1.2}rem`;
      rows.append(made[place]);
    }
    return rows;
  }

  /* A red ground stands out only among few. */
  function manyReds(rows) {
    const states = rows.flatMap(([cells]) => cells.map((cell) => cell[1])).filter(Boolean);
    return states.filter((one) => one === "bad").length > states.length / 3;
  }

  function draw(room) {
    const data = room.data;
    const table = element("table", manyReds(data.rows) ? "an-table an-many" : "an-table");
    table.append(head(data, room.dataset.sortable === "1", room.dataset.sortText), body(data, room.dataset.blank));
    const first = table.querySelector("tbody a");
    if (first) first.tabIndex = 0;
    room.replaceChildren(table);
  }

  function sortBy(room, key) {
    const data = room.data;
    // A second time the other way, a third time reds first again; text begins at A, numbers at the largest.
    const isText = data.columns.find(([name]) => name === key)[3] === 1;
    const before = data.sort === key ? (data.down !== isText ? 1 : 2) : 0;
    const ordered = before === 2 ? ["reds", false] : [key, before === 0 ? !isText : isText];
    [data.sort, data.down] = ordered;
    draw(room);
    const again = room.querySelector(`[data-sort="${key}"]`);
    if (again) again.focus();
    remember(room.closest(".an-panel"), { sort: data.sort === "reds" ? "" : data.sort, dir: data.down ? "down" : "" });
  }

  function switchTo(button) {
    const panel = button.closest(".an-panel"), room = panel.querySelector(".an-sheet");
    room.data.mode = Number(button.dataset.mode);
    for (const one of panel.querySelectorAll(".an-mode")) one.setAttribute("aria-pressed", String(one === button));
    draw(room);
    remember(panel, { mode: room.data.mode ? button.dataset.name : "" });
  }

  /* Where the pickers lead. */
  function go(form) {
    const url = new URL(form.dataset.address, window.location.origin);
    for (const [key, value] of new URLSearchParams(form.dataset.kept)) url.searchParams.set(key, value);
    for (const one of form.querySelectorAll("select")) if (one.value) url.searchParams.set(one.name, one.value);
    for (const one of form.querySelectorAll(".an-several[data-touched]")) {
      const picked = [...one.querySelectorAll('[aria-pressed="true"]')].map((chip) => chip.dataset.value);
      if (picked.length) url.searchParams.set(one.dataset.key, picked.join(","));
    }
    window.location.assign(url.href);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest(".an-form");
    if (form && event.target.tagName === "SELECT") go(form);
  });

  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".an-chip");
    if (chip) {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      chip.closest(".an-several").dataset.touched = "1";
    }
    const sorted = event.target.closest(".an-sort");
    if (sorted) sortBy(sorted.closest(".an-sheet"), sorted.dataset.sort);
    const mode = event.target.closest(".an-mode");
    if (mode) switchTo(mode);
    if (event.target.closest(".an-show")) go(event.target.closest(".an-form"));
  });

  /* One stop of the Tab key for a whole table; arrows go from cell to cell. */
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const cell = step && event.target.closest(".an-table tbody :is(td, th)");
    if (!cell) return;
    let row = cell.parentElement, at = cell.cellIndex;
    do {
      if (step[0]) row = step[0] < 0 ? row.previousElementSibling : row.nextElementSibling;
      at += step[1];
      const next = row && row.cells[at];
      if (row && (step[0] || next)) {
        const link = next && next.querySelector("a");
        if (!link) continue;
        event.preventDefault();
        event.target.tabIndex = -1;
        link.tabIndex = 0;
        link.focus();
        link.scrollIntoView({ block: "nearest", inline: "nearest" });
        return;
      }
      return;
    } while (row);
  });

  function fill() {
    for (const room of document.querySelectorAll(".an-sheet:not([data-drawn])")) {
      room.dataset.drawn = "1";
      room.data = JSON.parse(room.dataset.sheet);
      draw(room);
    }
  }

  new MutationObserver(fill).observe(document.documentElement, { childList: true, subtree: true });
})();
