/* What a screen shows, as a pure function of its programme, what its remote wishes, and the time. */
"use strict";
window.kpiwall = window.kpiwall || {};
(function (kpiwall) {
  // What stays red jumps in again after this; what turned red anew may do so sooner, unless it flickers.
  const AGAIN_MS = 300000;
  const ANEW_MS = 60000;
  // What was interrupted is back for so long at least, and what a hand chose is left alone: nobody could read it else.
  const LEAST_MS = 5000;
  // Whatever is expected, it is looked at again after this: clocks jump, and may run faster than time.
  const LATEST_MS = 10000;

  // `at`: the item in turn, shown since `since`; `free`: asked for, whatever its windows; `jump`: what interrupts it;
  // `jumped`: when each address jumped in last, and whether its condition has ended since; `quiet`: nothing jumps in
  // before; `key`: where to begin; `step`, `number`: the remote's counters as last heard.
  function start(key = null) {
    return { key, at: null, since: 0, free: false, quiet: 0, jump: null, jumped: {}, step: null, number: null };
  }

  const place = (item) => Number(item.key);
  const within = (now) => ([from, to]) => from <= now && now < to;
  const isOpen = (item, now) => item.windows === null || item.windows.some(within(now));
  const isSame = (item, other) => item.key === other.key && item.address === other.address;
  const shownOf = (state) => (state.jump ? state.jump.item : state.at);
  const byKey = (programme, key) => programme.items.find((item) => String(item.key) === String(key));

  // What may be shown: what is open, of that only what is pinned, and never nothing.
  function eligible(programme, now) {
    const open = programme.items.filter((item) => isOpen(item, now));
    const pinned = open.filter((item) => item.pinned);
    if (pinned.length) return pinned;
    return open.length ? open : programme.items.slice(0, 1);
  }

  // What has a turn: not what is only there to jump in, unless there is nothing else at all.
  function turns(programme, now) {
    const hasTurn = (item) => !item.only_jumps;
    const found = eligible(programme, now).filter(hasTurn);
    if (found.length) return found;
    return [programme.items.find(hasTurn) || programme.items[0]];
  }

  // The item so many places on from another, around the end; that one itself may be missing.
  function stepped(items, from, delta) {
    const before = items.filter((item) => place(item) < place(from)).length;
    const missing = items.every((item) => item.key !== from.key);
    const next = before + delta - (missing && delta > 0 ? 1 : 0);
    return items[((next % items.length) + items.length) % items.length];
  }

  const inTurn = (state, item, steady) => ({ ...state, at: item, since: steady, free: false, jump: null });

  // The same item in a programme that may have changed: at its place, else at its address, else of its scene.
  function found(programme, item) {
    const { items } = programme;
    return items.find((one) => isSame(one, item)) || items.find((one) => one.address === item.address)
      || items.find((one) => one.scene === item.scene) || null;
  }

  function isUrgent(programme, address) {
    return programme.items.some((item) => item.address === address && programme.jump.includes(item.key));
  }

  function remembered(jumped, programme, steady) {
    const known = Object.entries(jumped).map(([address, one]) => {
      return [address, { at: Math.min(one.at, steady), anew: one.anew || !isUrgent(programme, address) }];
    });
    return Object.fromEntries(known.filter(([, one]) => !one.anew || steady < one.at + AGAIN_MS));
  }

  function first(state, programme, now) {
    const wanted = state.key === null ? null : byKey(programme, state.key);
    return wanted || stepped(turns(programme, now), state.at || programme.items[0], 0);
  }

  // The state in terms of this programme, and of a clock that may have been set back.
  function settled(state, programme, { now, steady }) {
    const jumped = remembered(state.jumped, programme, steady);
    const jumping = state.jump && found(programme, state.jump.item);
    const jump = jumping && { ...state.jump, item: jumping, since: Math.min(state.jump.since, steady) };
    const known = { ...state, key: null, quiet: Math.min(state.quiet, steady + LEAST_MS), jump, jumped };
    const at = state.at && found(programme, state.at);
    if (at) return { ...known, at, since: Math.min(state.since, steady) };
    return { ...known, at: first(state, programme, now), since: steady, free: false };
  }

  // What the remote wishes is told as counters; one that was never seen before is where counting begins.
  function obeyed(state, programme, screen, { now, steady }) {
    const goto = screen.goto || { key: null, number: 0 };
    const heard = { ...state, step: screen.step, number: goto.number };
    const choose = (item, free) => ({ ...inTurn(heard, item, steady), free, quiet: steady + LEAST_MS });
    const target = byKey(programme, goto.key);
    if (state.number !== null && goto.number !== state.number && target) return choose(target, true);
    const delta = state.step === null ? 0 : screen.step - state.step;
    return delta ? choose(stepped(turns(programme, now), shownOf(state), delta), false) : heard;
  }

  // When the item in turn has been shown long enough.
  function turnEnds(state, programme) {
    const { at } = state;
    return state.since + (programme.stay.includes(at.key) ? Math.max(at.dwell, at.stay_at_most) : at.dwell);
  }

  const jumpEnds = (jump) => jump.since + jump.item.jump_for;
  const ends = (state, programme) => (state.jump ? jumpEnds(state.jump) : turnEnds(state, programme));
  const mayJumpFrom = (one) => one.at + (one.anew ? ANEW_MS : AGAIN_MS);

  function waiting(state, programme, items, steady) {
    return steady >= state.quiet && items.find((item) => {
      const before = state.jumped[item.address];
      return programme.jump.includes(item.key) && (!before || steady >= mayJumpFrom(before));
    });
  }

  // Back to where it was, with what is left of its time.
  function returned(state, programme, steady) {
    const whole = turnEnds(state, programme) - state.since;
    const spent = Math.min(state.jump.spent, Math.max(0, whole - LEAST_MS));
    return { ...state, since: steady - spent, jump: null };
  }

  function jumpedIn(state, item, steady) {
    const jumped = { ...state.jumped, [item.address]: { at: steady, anew: false } };
    return { ...state, jumped, jump: { item, since: steady, spent: steady - state.since } };
  }

  // One step of the schedule, with nobody's hand in it.
  function advanced(state, programme, { now, steady }) {
    const items = eligible(programme, now);
    const inTurns = turns(programme, now);
    const isIn = (some, item) => some.some((one) => one.key === item.key);
    if (state.jump && isIn(items, state.jump.item) && steady < jumpEnds(state.jump)) return state;
    const back = state.jump ? returned(state, programme, steady) : state;
    const urgent = waiting(back, programme, items, steady);
    if (urgent) return jumpedIn(back, urgent, steady);
    if ((back.free || isIn(inTurns, back.at)) && steady < turnEnds(back, programme)) return back;
    return inTurn(back, stepped(inTurns, back.at, 1), steady);
  }

  // The windows' edges, on the steady clock.
  function edges(programme, { now, steady }) {
    return programme.items.flatMap((item) => (item.windows || []).flat()).map((ms) => ms - now + steady);
  }

  // When to look again: when something ends, opens, closes, or may jump in again.
  function until(state, programme, clock) {
    const again = Object.values(state.jumped).map(mayJumpFrom);
    const times = [...edges(programme, clock), ...again, state.quiet, ends(state, programme)];
    return Math.min(...times.filter((ms) => ms > clock.steady), clock.steady + LATEST_MS);
  }

  // The first other item that the schedule alone brings by the end of this one's time.
  function following(state, programme, clock) {
    const last = Math.max(clock.steady, ends(state, programme));
    const before = edges(programme, clock).filter((ms) => ms > clock.steady && ms < last).sort((a, b) => a - b);
    let ahead = state;
    for (const steady of [...before, last]) {
      ahead = advanced(ahead, programme, { now: steady - clock.steady + clock.now, steady });
      if (shownOf(ahead).key !== shownOf(state).key) return shownOf(ahead).key;
    }
    return null;
  }

  // What to show now, when to ask again at the latest, and what comes next unless something happens (null: nothing).
  // Windows are judged by `now`, the server's clock; times are counted on `steady`, as a demo's clock runs faster.
  function decide(state, programme, screen, now, steady = now) {
    const clock = { now, steady };
    if (!programme || !programme.items.length) {
      return { state, key: state.at ? shownOf(state).key : state.key, until: steady + LATEST_MS, following: null };
    }
    const known = settled(state, programme, clock);
    const asked = screen ? obeyed(known, programme, screen, clock) : known;
    const held = Boolean(screen && screen.hold);
    const next = held ? asked : advanced(asked, programme, clock);
    return {
      state: next,
      key: shownOf(next).key,
      until: until(next, programme, clock),
      following: held ? null : following(next, programme, clock),
    };
  }

  kpiwall.rotation = { start, decide };
})(window.kpiwall);
