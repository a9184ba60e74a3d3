/* The draft: scenes under work, what they were begun from, undo and redo; it survives a reload in the browser's storage. */
"use strict";
(function (scenes) {
  const MOST_STEPS = 200;
  // Letters typed into one field within this time are one step.
  const JOIN_MS = 1200;
  const { written } = scenes;

  const copy = (value) => JSON.parse(JSON.stringify(value));
  const byId = (list) => new Map(list.map((scene) => [scene.id, scene]));

  function stored(key) {
    try {
      const found = JSON.parse(window.localStorage.getItem(key));
      return found && Array.isArray(found.scenes) && Array.isArray(found.base) ? found : null;
    } catch (error) {
      return null;
    }
  }

  // What this draft changed, on top of what another hand changed meanwhile; `both` are the scenes that both changed.
  function merged(base, mine, theirs) {
    const [was, now, comes] = [byId(base), byId(mine), byId(theirs)];
    const same = (id, one, other) => written(one.get(id)) === written(other.get(id));
    const ids = [...theirs.map((scene) => scene.id), ...mine.map((scene) => scene.id).filter((id) => !comes.has(id))];
    const both = ids.filter((id) => !same(id, was, now) && !same(id, was, comes) && !same(id, now, comes));
    const kept = ids.map((id) => (same(id, was, now) ? comes.get(id) : now.get(id))).filter((scene) => scene);
    return { scenes: kept, both };
  }

  scenes.newDraft = function (facts) {
    const key = `kpiwall.scenes.${facts.name}`;
    const fresh = () => ({ number: facts.number, version: facts.version, base: copy(facts.scenes), scenes: copy(facts.scenes) });
    const kept = stored(key);
    const listeners = [];
    let state = kept || fresh();
    let past = [];
    let future = [];
    let joined = { name: "", at: 0 };

    const changed = () => written(state.scenes) !== written(state.base);
    // A kept draft that changes nothing follows the model without a word.
    if (!changed() && state.number !== facts.number) state = fresh();

    function keep() {
      try {
        if (changed()) window.localStorage.setItem(key, JSON.stringify(state));
        else window.localStorage.removeItem(key);
      } catch (error) {
        // A full or forbidden storage: the draft lives as long as the page.
      }
    }

    function tell(how) {
      keep();
      listeners.forEach((listener) => listener(how));
    }

    // `step` changes a copy of the scenes; steps of one name in a row (typing) are undone together.
    function edit(step, name) {
      const next = copy(state.scenes);
      step(next);
      if (written(next) === written(state.scenes)) return;
      const now = performance.now();
      const joins = name && name === joined.name && now - joined.at < JOIN_MS;
      if (!joins) past = [...past.slice(-MOST_STEPS), state.scenes];
      joined = { name: name || "", at: now };
      future = [];
      state = { ...state, scenes: next };
      tell(name ? "typed" : "edited");
    }

    function turn(from, to) {
      const next = from.pop();
      if (!next) return;
      to.push(state.scenes);
      joined = { name: "", at: 0 };
      state = { ...state, scenes: next };
      tell("turned");
    }

    function begin(next) {
      [past, future] = [[], []];
      state = next;
      tell("turned");
    }

    return {
      scenes: () => state.scenes,
      scene: (id) => state.scenes.find((scene) => scene.id === id),
      number: () => state.number,
      kept: () => kept !== null && state === kept,
      changed,
      edit,
      editScene: (id, step, name) => edit((all) => step(all.find((scene) => scene.id === id)), name && `${id}.${name}`),
      undo: () => turn(past, future),
      redo: () => turn(future, past),
      canUndo: () => past.length > 0,
      canRedo: () => future.length > 0,
      listen: (listener) => listeners.push(listener),
      discard: () => begin(fresh()),
      // Goes on from the model that is in force now; gives the titles of scenes that both sides changed.
      goOn(newer) {
        facts = newer;
        const { scenes: next, both } = merged(state.base, state.scenes, newer.scenes);
        begin({ ...fresh(), scenes: copy(next) });
        return both;
      },
    };
  };
  scenes.merged = merged;
})(window.kpiwall.scenes);
