/* The property panel: forms made from the fields that the definitions of scenes and tiles have. */
"use strict";
(function (scenes) {
  const { make, say, textIn, labelled } = scenes;
  const MEANINGS = ["running", "stopped", "slow", "planned"];

  // One wording where both are the same or only one is given in both languages; else each its own.
  scenes.textOf = function (zh, en) {
    if (zh === en) return zh;
    return { ...(zh ? { "zh-CN": zh } : {}), ...(en ? { en } : {}) };
  };

  const empty = (value) => value === "" || value === null || value === undefined || value === false
    || (Array.isArray(value) && !value.length);

  // What is left at its default is not written, so that a draft reads as a person would write it.
  function put(target, field, value) {
    const unset = field.required ? value === undefined : empty(value) && empty(field.default);
    if (unset || scenes.written(value) === scenes.written(field.default)) delete target[field.name];
    else target[field.name] = value;
  }
  scenes.put = put;

  const standsAt = (kpi, unit) => unit && (kpi.applies_to.includes(unit.id) || kpi.applies_to.includes(unit.kind));

  // The KPIs of the units that a tile shows first; what else there is may be right for what it shows below.
  function kpiChoices(at) {
    const kinds = at.below ? (at.of ? [at.of] : (at.unit || { below: [] }).below) : null;
    const fits = (kpi) => (kinds ? kpi.kinds.some((kind) => kinds.includes(kind)) : standsAt(kpi, at.unit));
    return [at.facts.kpis.filter(fits), at.facts.kpis.filter((kpi) => !fits(kpi))];
  }
  scenes.kpiChoices = kpiChoices;

  const kpiText = (kpi) => `${kpi.title} · ${kpi.period}`;
  const options = (list, text) => list.map((one) => make("option", { value: one.id }, text(one)));

  function picker(value, groups, none, pick) {
    const known = groups.some((group) => group.list.some((one) => one.id === value));
    const select = make("select", { class: "select", onchange: () => pick(select.value) },
      none === null ? null : make("option", { value: "" }, none),
      known || !value ? null : make("option", { value }, value),
      groups.filter((group) => group.list.length).map((group) => {
        const found = options(group.list, group.text);
        return group.label ? make("optgroup", { label: group.label }, found) : found;
      }));
    select.value = value || "";
    return select;
  }

  const kpiGroups = (at, skip) => {
    const [here, others] = kpiChoices(at).map((list) => list.filter((kpi) => !skip.includes(kpi.id)));
    return [{ list: here, text: kpiText, label: others.length ? say("stands_here") : "" },
      { list: others, text: kpiText, label: say("stands_elsewhere") }];
  };

  function many(value, groups, titleOf, most, pick) {
    const chips = value.map((id) => make("button", {
      type: "button", class: "picked", title: say("remove"), onclick: () => pick(value.filter((one) => one !== id)),
    }, titleOf(id), scenes.icon("close")));
    const full = most && value.length >= most;
    const add = full ? null : picker("", groups, value.length ? say("add_more") : say("choose"), (id) => id && pick([...value, id]));
    return make("div", { class: "picked-list" }, chips, add);
  }

  function texts(value, long, change) {
    const entry = (language, label) => {
      const given = typeof value === "string" ? value : (value || {})[language] || "";
      const more = { class: long ? "entry long" : "entry", maxlength: 400, "aria-label": label, placeholder: label, lang: language };
      return make(long ? "textarea" : "input", { ...more, value: given, oninput: () => change(scenes.textOf(zh.value, en.value)) });
    };
    const [zh, en] = [entry("zh-CN", "中文"), entry("en", "English")];
    return make("div", { class: "two-texts" }, zh, en);
  }

  function states(value, change) {
    const rows = Object.entries(value || {});
    const written = (next) => change(Object.fromEntries(next));
    const row = ([name, meaning], index) => {
      const entry = make("input", { class: "entry", value: name, maxlength: 60, onchange: () => {
        written(rows.map((one, at) => (at === index ? [entry.value, one[1]] : one)));
      } });
      const pick = picker(meaning, [{ list: MEANINGS.map((id) => ({ id })), text: ({ id }) => say(`state_${id}`) }], null, (id) => {
        written(rows.map((one, at) => (at === index ? [one[0], id] : one)));
      });
      const away = make("button", { type: "button", class: "icon-button", "aria-label": say("remove"),
        onclick: () => written(rows.filter((_, at) => at !== index)) }, scenes.icon("close"));
      return make("div", { class: "state-row" }, entry, pick, away);
    };
    return make("div", { class: "states" }, rows.map(row),
      scenes.button(say("add_state"), () => written([...rows, ["", "running"]]), "quiet-button"));
  }

  const field = (at, table) => {
    const found = at.facts.tables.find((one) => one.id === table);
    return found ? found.fields : [];
  };

  const FORMS = {
    unit: (at, it, value, set) => picker(value, [{ list: at.facts.units, text: (unit) => "\u2003".repeat(unit.depth) + unit.title }], it.none, set),
    unit_kind: (at, it, value, set) => picker(value, [{ list: at.facts.unit_kinds.map((id) => ({ id })), text: ({ id }) => id }], it.none, set),
    kpi: (at, it, value, set) => picker(value, kpiGroups(at, []), it.required ? null : it.none, set),
    kpis: (at, it, value, set) => many(value || [], kpiGroups(at, value || []), (id) => {
      const kpi = at.facts.kpis.find((one) => one.id === id);
      return kpi ? kpiText(kpi) : id;
    }, it.most, set),
    table: (at, it, value, set) => picker(value, [{ list: at.facts.tables, text: (one) => one.title }], null, set),
    map: (at, it, value, set) => picker(value, [{ list: at.facts.maps, text: (one) => one.title }], null, set),
    field: (at, it, value, set) => {
      const fields = field(at, at.target.table).filter((one) => it.name !== "number" || one.number);
      return picker(value, [{ list: fields, text: (one) => one.title }], it.required ? null : it.none, set);
    },
    fields: (at, it, value, set) => {
      const fields = field(at, at.target.table);
      const titleOf = (id) => (fields.find((one) => one.id === id) || { title: id }).title;
      const left = fields.filter((one) => !(value || []).includes(one.id));
      return many(value || [], [{ list: left, text: (one) => one.title }], titleOf, it.most, set);
    },
    choice: (at, it, value, set) => picker(value ?? it.default, [{ list: it.options, text: (one) => one.title }], null, set),
    states: (at, it, value, set) => states(value, set),
    text: (at, it, value, set) => texts(value, false, set),
    long: (at, it, value, set) => texts(value, true, set),
  };

  const flag = (it, value, set) => {
    const box = make("input", { type: "checkbox", checked: value ?? it.default, onchange: () => set(box.checked) });
    return make("label", { class: "check" }, box, make("span", {}, it.label));
  };

  // The form of one definition. `at`: { facts, target, unit, below, of }; `change` is told (field, value).
  scenes.formOf = function (at, fields, change) {
    return fields.map((it) => {
      const set = (value) => change(it, value);
      if (it.form === "flag") {
        return make("div", { class: "field", "data-field": it.name }, flag(it, at.target[it.name], set),
          it.hint ? make("div", { class: "hint" }, it.hint) : null);
      }
      const made = FORMS[it.form](at, it, at.target[it.name], set);
      const inner = made.tagName === "DIV"
        ? make("div", { class: "field", role: "group", "aria-label": it.label }, make("span", { class: "label" }, it.label), made,
          it.hint ? make("div", { class: "hint" }, it.hint) : null)
        : labelled(it.label, made, it.hint);
      inner.dataset.field = it.name;
      return inner;
    });
  };

  // A tile as it is when it is added: what its kind needs, filled with the first that fits.
  scenes.newTile = function (at, kind, place, used) {
    const tile = { tile: kind.id, at: place };
    const target = { facts: at.facts, unit: at.unit, below: kind.below, target: tile };
    kind.fields.filter((it) => it.required).forEach((it) => {
      const fields = field(target, tile.table);
      const [here, others] = kpiChoices(target);
      const fits = (kind.id === "trend" || kind.id === "bars" ? here.filter((kpi) => kpi.trend) : here).map((kpi) => kpi.id);
      const table = at.facts.tables[0];
      const first = {
        kpi: fits.find((id) => !used.includes(id)) || fits[0] || (others[0] || {}).id,
        kpis: fits.slice(0, 5),
        table: table && table.id,
        map: (at.facts.maps[0] || {}).id,
        field: (fields.find((one) => one.id === it.name) || fields[0] || {}).id,
        states: Object.fromEntries(MEANINGS.map((meaning) => [meaning, meaning])),
        text: (table && kind.id === "list" && table.texts) || say("new_text"),
        long: say("new_text"),
      }[it.form];
      put(tile, it, first);
    });
    return tile;
  };

  // The same tile as another kind: what both have is kept, what the new one needs beside it is filled in.
  scenes.asKind = function (at, tile, kind, used) {
    const fresh = scenes.newTile(at, kind, tile.at, used);
    const shared = kind.fields.filter((it) => tile[it.name] !== undefined).map((it) => [it.name, tile[it.name]]);
    return { ...fresh, ...(tile.portrait ? { portrait: tile.portrait } : {}), ...Object.fromEntries(shared) };
  };

  scenes.tileName = function (facts, tile) {
    const kind = (facts.kinds.find((one) => one.id === tile.tile) || { title: tile.tile }).title;
    const kpi = facts.kpis.find((one) => one.id === tile.kpi);
    const about = kpi ? kpi.title : textIn(tile.title, facts.language);
    return about ? `${kind} · ${about}` : kind;
  };
})(window.kpiwall.scenes);
