"""What a screen shows when, decided in a real browser: single rules by example, then invariants of random runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wall.bench.screen import browser

ROTATION = Path(__file__).parents[2] / "layouts" / "assets" / "walls" / "rotation.js"
#: Everything goes through JSON: the state must be plain data, and long runs are quick to hand over.
_RUN = """(text) => {
  const { programmes, steps } = JSON.parse(text);
  let state = kpiwall.rotation.start();
  return JSON.stringify(steps.map(([number, screen, now]) => {
    const told = kpiwall.rotation.decide(state, programmes[number], screen, now);
    state = JSON.parse(JSON.stringify(told.state));
    return { key: told.key, until: told.until, following: told.following };
  }));
}"""
_DECIDE = """(text) => {
  const [state, programme, screen, ...clocks] = JSON.parse(text);
  const known = state || kpiwall.rotation.start();
  const told = kpiwall.rotation.decide(known, programme, screen, ...clocks);
  return JSON.stringify({ ...told, pure: JSON.stringify([state, programme, screen, ...clocks]) === text });
}"""

NOON = 1_773_806_400_000
SECOND, MINUTE, YEAR = 1000, 60_000, 365 * 86_400_000

Json = dict[str, Any]


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with browser() as chromium:
        found = chromium.new_page()
        found.add_script_tag(path=str(ROTATION))
        yield found


def item(key: int, dwell: int = 30, **values: Any) -> Json:
    """An item as the server sends it; windows are in seconds after noon."""
    spans = values.pop("windows", None)
    windows = None if spans is None else [[NOON + start * SECOND, NOON + end * SECOND] for start, end in spans]
    times = {name: values.pop(name) * SECOND for name in ("stay_at_most", "jump_for") if name in values}
    scene = values.pop("scene", f"s{key}")
    shown = {"key": key, "scene": scene, "address": f"/wall/{scene}", "dwell": dwell * SECOND, "pinned": False}
    return {**shown, "windows": windows, "stay_at_most": 300 * SECOND, "jump_for": 20 * SECOND, **times, **values}


def programme(*items: Json, stay: Sequence[int] = (), jump: Sequence[int] = ()) -> Json:
    shown = {"theme": "dark", "night": None, "items": list(items)}
    return {**shown, "stay": list(stay), "jump": list(jump)}


@dataclass
class Screen:
    """A screen in front of a person: its state, its remote, and what it showed last."""

    page: Any
    programme: Json | None
    remote: Json = field(default_factory=lambda: {"hold": False, "step": 7, "goto": {"key": None, "number": 3}})
    state: Json | None = None
    told: Json = field(default_factory=dict)

    def at(self, seconds: float, steady: int | None = None) -> int | None:
        """The key shown so many seconds after noon."""
        now = NOON + round(seconds * SECOND)
        clocks = [now] if steady is None else [now, steady]
        text = json.dumps([self.state, self.programme, self.remote, *clocks], separators=(",", ":"))
        self.told = json.loads(self.page.evaluate(_DECIDE, text))
        assert self.told["pure"]
        self.state = self.told["state"]
        key: int | None = self.told["key"]
        return key

    def over(self, first: int, last: int) -> dict[int, int | None]:
        """What is shown from second to second, where it changes."""
        seen = {second: self.at(second) for second in range(first, last)}
        return {second: key for second, key in seen.items() if second == first or key != seen[second - 1]}

    def wish(self, **remote: Any) -> None:
        """What the remote has become."""
        self.remote = {**self.remote, **remote}

    def until(self) -> float:
        """When it decides again, in seconds after noon."""
        return float(self.told["until"] - NOON) / SECOND


def three(**values: Any) -> Json:
    return programme(item(0, 30), item(1, 20), item(2, 10), **values)


def test_each_item_shows_for_its_dwell_and_then_the_next(page: Any) -> None:
    screen = Screen(page, three())
    assert screen.over(0, 125) == {0: 0, 30: 1, 50: 2, 60: 0, 90: 1, 110: 2, 120: 0}


def test_the_next_is_told_before_its_turn(page: Any) -> None:
    screen = Screen(page, three())
    assert (screen.at(0), screen.told["following"], screen.until()) == (0, 1, 10)
    assert (screen.at(25), screen.told["following"], screen.until()) == (0, 1, 30)
    alone = Screen(page, programme(item(0)))
    assert (alone.at(0), alone.told["following"]) == (0, None)
    assert alone.over(1, 100) == {1: 0}


def test_a_closed_item_is_passed_over_and_an_open_one_left_when_it_closes(page: Any) -> None:
    screen = Screen(page, programme(item(0), item(1, windows=[(70, 200)]), item(2, windows=[(0, 45)])))
    assert screen.over(0, 140) == {0: 0, 30: 2, 45: 0, 75: 1, 105: 0, 135: 1}


def test_without_anything_open_the_first_shows(page: Any) -> None:
    screen = Screen(page, programme(item(0, windows=[(100, 200)]), item(1, windows=[(50, 90)])))
    assert screen.over(0, 120) == {0: 0, 50: 1, 90: 0}
    assert Screen(page, programme()).at(0) is None


def test_a_pinned_item_excludes_the_others_while_its_time_lasts(page: Any) -> None:
    stand_up = item(2, 10, pinned=True, windows=[(40, 100)])
    screen = Screen(page, programme(item(0, 15), item(1, 15), stand_up, jump=[]))
    screen.at(39)
    assert screen.told["following"] == 2
    screen.programme = programme(item(0, 15), item(1, 15), stand_up, jump=[1])
    assert screen.over(40, 121) == {40: 2, 100: 1, 120: 0}, "not even what is red comes before its end"


def test_two_pinned_items_take_turns(page: Any) -> None:
    pinned = [item(key, 10, pinned=True) for key in (1, 2)]
    assert Screen(page, programme(item(0), *pinned)).over(0, 35) == {0: 1, 10: 2, 20: 1, 30: 2}


def test_red_keeps_an_item_but_not_for_ever(page: Any) -> None:
    red = programme(item(0, 30, stay_at_most=100), item(1), stay=[0])
    assert Screen(page, red).over(0, 135) == {0: 0, 100: 1, 130: 0}
    screen = Screen(page, red)
    screen.over(0, 60)
    screen.programme = programme(*red["items"])
    assert screen.at(60) == 1, "it goes on as soon as the red is over"
    short = programme(item(0, 30, stay_at_most=10), item(1), stay=[0])
    assert Screen(page, short).over(0, 35) == {0: 0, 30: 1}, "never shorter than its dwell"


def test_red_jumps_in_at_once_and_gives_back_what_it_interrupted(page: Any) -> None:
    screen = Screen(page, three())
    screen.over(0, 12)
    screen.programme = three(jump=[2])
    assert screen.at(12) == 2
    assert screen.told["following"] == 0
    assert screen.over(13, 83) == {13: 2, 32: 0, 50: 1, 70: 2, 80: 0}, "12 s before, 18 s after"


def test_a_jump_lasts_its_time_though_the_red_is_over(page: Any) -> None:
    screen = Screen(page, three(jump=[2]))
    screen.at(0)
    screen.programme = three()
    assert screen.over(1, 30) == {1: 2, 20: 0}


def test_what_was_interrupted_at_its_very_end_can_still_be_read(page: Any) -> None:
    screen = Screen(page, three())
    screen.over(0, 29)
    screen.programme = three(jump=[2])
    assert screen.over(29, 56) == {29: 2, 49: 0, 54: 1}


def test_what_stays_red_comes_again_after_five_minutes(page: Any) -> None:
    screen = Screen(page, programme(item(0), item(1), item(2, windows=[(0, 1000)]), jump=[2]))
    jumps = [second for second in range(700) if screen.at(second) == 2 and screen.state and screen.state["jump"]]
    assert [second for second in jumps if second - 1 not in jumps] == [0, 300, 600]


def test_what_turns_red_anew_comes_at_once_unless_it_flickers(page: Any) -> None:
    screen = Screen(page, programme(item(0, 600), item(1, 10), jump=[1]))
    screen.over(0, 30)
    screen.programme = programme(item(0, 600), item(1, 10))
    screen.over(30, 40)
    screen.programme = programme(item(0, 600), item(1, 10), jump=[1])
    assert screen.over(40, 110) == {40: 0, 60: 1, 80: 0}, "red again at 40 s: a minute after the last jump"
    screen.programme = programme(item(0, 600), item(1, 10))
    screen.over(110, 200)
    screen.programme = programme(item(0, 600), item(1, 10), jump=[1])
    assert screen.at(200) == 1


def test_jumps_wait_for_one_another_in_the_order_of_the_playlist(page: Any) -> None:
    items = [item(0), item(1), item(2), item(3, jump_for=10)]
    screen = Screen(page, programme(*items))
    screen.over(0, 10)
    screen.programme = programme(*items, jump=[3])
    screen.at(10)
    screen.programme = programme(*items, jump=[1, 2, 3])
    assert screen.over(11, 81) == {11: 3, 20: 1, 40: 2, 60: 0, 80: 1}


def test_a_jump_needs_an_open_window(page: Any) -> None:
    screen = Screen(page, programme(item(0), item(1, windows=[(100, 110)]), jump=[1]))
    assert screen.over(0, 140) == {0: 0, 100: 1, 110: 0}


def test_what_only_jumps_has_no_turn_of_its_own(page: Any) -> None:
    items = [item(0, 10), item(1, 10, only_jumps=True), item(2, 10)]
    screen = Screen(page, programme(*items, jump=[]))
    assert set(screen.over(0, 100).values()) == {0, 2}
    screen.programme = programme(*items, jump=[1])
    assert screen.at(100) == 1
    screen.programme = programme(*items, jump=[])
    assert screen.at(119) == 1, "a jump lasts its time"
    assert set(screen.over(121, 200).values()) == {0, 2}


def test_hold_keeps_what_is_shown_and_lets_jumps_wait(page: Any) -> None:
    items = [item(0, windows=[(0, 50)]), item(1), item(2, pinned=True, windows=[(60, 80)])]
    screen = Screen(page, programme(*items, jump=[]))
    screen.at(0)
    screen.wish(hold=True)
    screen.programme = programme(*items, jump=[1])
    assert screen.over(1, 300) == {1: 0}
    assert screen.told["following"] is None
    screen.wish(hold=False)
    assert screen.at(300) == 1


def test_next_and_previous_move_at_once_also_under_hold(page: Any) -> None:
    screen = Screen(page, three())
    screen.at(0)
    screen.wish(step=8)
    assert screen.over(10, 31) == {10: 1, 30: 2}, "the dwell begins anew"
    screen.wish(step=6)
    assert screen.at(31) == 0
    screen.wish(step=5, hold=True)
    assert screen.over(32, 100) == {32: 2}
    screen.wish(step=1005)
    assert screen.at(101) == 0, "a thousand on is as far as it is"


def test_next_leaves_a_jump_behind(page: Any) -> None:
    screen = Screen(page, three(jump=[1]))
    assert screen.at(0) == 1
    screen.wish(step=8)
    assert screen.over(1, 12) == {1: 2, 11: 0}


def test_what_a_hand_chose_is_left_alone_for_five_seconds(page: Any) -> None:
    screen = Screen(page, three(jump=[1, 2]))
    assert screen.at(0) == 1
    screen.wish(goto={"key": 0, "number": 4})
    assert screen.over(1, 30) == {1: 0, 6: 2, 26: 0}


def test_goto_shows_what_is_closed_or_not_pinned_for_its_dwell(page: Any) -> None:
    pinned = item(0, pinned=True)
    screen = Screen(page, programme(pinned, item(1, 20, windows=[(500, 600)]), jump=[]))
    screen.at(0)
    screen.wish(goto={"key": 1, "number": 4})
    assert screen.over(5, 40) == {5: 1, 25: 0}
    screen.wish(goto={"key": "1", "number": 5})
    assert screen.at(41) == 1, "text names the key, too"
    screen.wish(goto={"key": 9, "number": 6})
    assert screen.at(42) == 1, "a key that is no more is not obeyed"


def test_wishes_from_before_the_page_was_loaded_are_not_obeyed_again(page: Any) -> None:
    screen = Screen(page, three())
    screen.wish(goto={"key": 2, "number": 9}, step=99)
    assert screen.at(0) == 0
    screen.wish(goto={"key": 2, "number": 10})
    assert screen.at(1) == 2


def test_a_page_begins_with_the_item_it_came_with(page: Any) -> None:
    begun = page.evaluate("() => kpiwall.rotation.start(1)")
    screen = Screen(page, three(), state=begun)
    assert screen.over(0, 25) == {0: 1, 20: 2}
    closed = Screen(page, programme(item(0), item(1, windows=[(90, 99)]), item(2)), state=begun)
    assert closed.at(0) == 2


def test_without_a_programme_what_is_shown_stays(page: Any) -> None:
    screen = Screen(page, None)
    assert (screen.at(0), screen.told["following"]) == (None, None)
    screen.programme = three()
    assert screen.at(1) == 0
    screen.programme = None
    assert screen.at(500) == 0


def test_another_programme_keeps_the_scene_that_is_shown(page: Any) -> None:
    screen = Screen(page, three())
    screen.over(0, 35)
    screen.programme = programme(
        item(0, scene="new"), item(1, scene="s0"), item(2, 20, scene="s1"), item(3, scene="s2")
    )
    assert screen.over(35, 60) == {35: 2, 50: 3}
    screen.programme = programme(item(0, scene="other"), item(1, scene="s0"))
    assert screen.at(60) == 0, "without it, what comes after its place, around the end"


def test_one_scene_twice_is_two_items(page: Any) -> None:
    twice = programme(item(0, 10, scene="a"), item(1, 10, scene="b"), item(2, 10, scene="a"))
    assert Screen(page, twice).over(0, 45) == {0: 0, 10: 1, 20: 2, 30: 0, 40: 1}


@pytest.mark.parametrize("leap", [-YEAR, -100, -25, YEAR, 40])
def test_a_clock_that_leaps_neither_stalls_nor_races(page: Any, leap: int) -> None:
    screen = Screen(page, three(jump=[2]))
    screen.over(0, 45)
    seen = [screen.at(45 + leap + second) for second in range(400)]
    changes = sum(a != b for a, b in pairwise(seen))
    assert seen[-1] is not None
    assert 16 <= changes <= 23
    assert all(len(set(seen[begin : begin + 5])) <= 2 for begin in range(len(seen) - 5))


def test_a_page_that_slept_goes_one_on(page: Any) -> None:
    screen = Screen(page, three())
    screen.at(0)
    assert screen.over(5000, 5021) == {5000: 1, 5020: 2}


def test_times_are_counted_on_the_steady_clock_and_windows_on_the_servers(page: Any) -> None:
    screen = Screen(page, programme(item(0, 10), item(1, 10, windows=[(0, 900)])))
    seen = [screen.at(second * 30, steady=second * SECOND) for second in range(60)]
    changes = [second for second in range(1, 60) if seen[second] != seen[second - 1]]
    assert changes == [10, 20], "thirty times faster, the window closes after 30 s"
    assert seen[-1] == 0


_KEYS = st.integers(0, 5)
_SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=3)
_ACTIONS = st.sampled_from(["none"] * 12 + ["hold", "step", "goto", "jump", "stay", "windows"])


@st.composite
def _items(draw: st.DrawFn) -> list[Json]:
    found = []
    for key in range(draw(st.integers(1, 6))):
        spans = draw(st.none() | _SPANS)
        windows = None if spans is None else [(start * 10, (start + length) * 10) for start, length in spans]
        found.append(item(
            key, draw(st.sampled_from([5, 10, 30])), windows=windows, pinned=draw(st.integers(0, 5)) == 0,
            stay_at_most=draw(st.sampled_from([15, 60])), jump_for=draw(st.sampled_from([5, 20])),
        ))  # fmt: skip
    return found


@dataclass
class Step:
    """One decision of a run, and what was asked of it."""

    ms: int
    action: str
    programme: Json
    remote: Json
    told: Json = field(default_factory=dict)

    @property
    def key(self) -> int:
        return int(self.told["key"])

    def open_items(self) -> list[Json]:
        items, now = self.programme["items"], self.ms
        return [one for one in items if one["windows"] is None or any(a <= now < b for a, b in one["windows"])]


@st.composite
def _runs(draw: st.DrawFn, actions: st.SearchStrategy[str]) -> list[Step]:
    items = draw(_items())
    shown, remote, ms = programme(*items), {"hold": False, "step": 0, "goto": {"key": None, "number": 0}}, NOON
    steps = [Step(ms, "start", shown, remote)]
    for _ in range(draw(st.integers(20, 120))):
        ms += draw(st.sampled_from([250, 500, 1000, 2500]))
        action = draw(actions)
        key = draw(_KEYS) % len(items)
        if action in ("jump", "stay"):
            shown = {**shown, action: sorted({key} ^ set(shown[action]))}
        elif action == "hold":
            remote = {**remote, "hold": not remote["hold"]}
        elif action == "step":
            remote = {**remote, "step": remote["step"] + draw(st.sampled_from([-1, 1, 2]))}
        elif action == "goto":
            remote = {**remote, "goto": {"key": key, "number": remote["goto"]["number"] + 1}}
        elif action == "windows":
            flipped = [{**one, "windows": None} if one["key"] == key else one for one in shown["items"]]
            shown = {**shown, "items": flipped}
        steps.append(Step(ms, action, shown, remote))
    return steps


def _decided(page: Any, steps: list[Step]) -> list[Step]:
    programmes: list[Json] = []
    for one in steps:
        if not programmes or one.programme is not programmes[-1]:
            programmes.append(one.programme)
    numbers = {id(one): number for number, one in enumerate(programmes)}
    asked = [(numbers[id(one.programme)], one.remote, one.ms) for one in steps]
    told = json.loads(page.evaluate(_RUN, json.dumps({"programmes": programmes, "steps": asked})))
    for one, answer in zip(steps, told, strict=True):
        one.told = answer
    return steps


_MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.slow
@_MANY
@given(steps=_runs(_ACTIONS))
def test_whatever_happens_something_is_shown_and_hands_are_obeyed(page: Any, steps: list[Step]) -> None:
    for before, one in pairwise(_decided(page, steps)):
        keys = {item["key"] for item in one.programme["items"]}
        assert one.key in keys
        assert one.ms < one.told["until"] <= one.ms + 10 * SECOND
        assert one.told["following"] in keys - {one.key} | {None}
        if one.action == "goto":
            assert one.key == one.remote["goto"]["key"]
        if one.remote["hold"] and one.action not in ("goto", "step"):
            assert one.key == before.key


@pytest.mark.slow
@_MANY
@given(steps=_runs(_ACTIONS))
def test_nothing_changes_before_it_was_told_to(page: Any, steps: list[Step]) -> None:
    """Without a hand and without a change of the board, until is kept and following comes true."""
    for before, one in pairwise(_decided(page, steps)):
        if one.action != "none" or one.key == before.key:
            continue
        assert one.ms >= before.told["until"]


@pytest.mark.slow
@_MANY
@given(steps=_runs(st.sampled_from(["none"] * 6 + ["jump", "stay"])))
def test_only_what_is_open_shows_and_pinned_excludes_the_others(page: Any, steps: list[Step]) -> None:
    for one in _decided(page, steps):
        opened = one.open_items()
        pinned = [item for item in opened if item["pinned"]]
        assert one.key in [item["key"] for item in pinned or opened or one.programme["items"][:1]]


@pytest.mark.slow
@_MANY
@given(
    dwells=st.lists(st.sampled_from([5, 10, 30]), min_size=1, max_size=6),
    stays=st.sets(_KEYS),
    every=st.sampled_from([250, 900]),
)
def test_every_open_item_comes_up_within_the_sum_of_the_times(
    page: Any, dwells: list[int], stays: set[int], every: int
) -> None:
    items = [item(key, dwell, stay_at_most=40) for key, dwell in enumerate(dwells)]
    stay = [key for key in stays if key < len(items)]
    round_ms = sum(max(dwell, 40) if key in stay else dwell for key, dwell in enumerate(dwells)) * SECOND
    round_ms += len(items) * every
    shown, remote = programme(*items, stay=stay), {"hold": False, "step": 0, "goto": None}
    steps = [Step(ms, "none", shown, remote) for ms in range(NOON, NOON + 3 * round_ms, every)]
    last: Mapping[int, int] = dict.fromkeys(range(len(items)), NOON)
    for one in _decided(page, steps):
        last = {**last, one.key: one.ms}
        assert all(one.ms - seen <= round_ms for seen in last.values())


@pytest.mark.slow
@_MANY
@given(items=_items(), jump=st.sets(_KEYS), stay=st.sets(_KEYS))
def test_following_comes_true(page: Any, items: list[Json], jump: set[int], stay: set[int]) -> None:
    """Asked exactly when it wanted to be, what follows is what was told; only a jump may come before it."""
    known = range(len(items))
    shown = programme(*items, stay=[key for key in stay if key in known], jump=[key for key in jump if key in known])
    screen = Screen(page, shown)
    screen.at(0)
    for _ in range(40):
        before = screen.told
        key = screen.at(screen.until())
        if key != before["key"]:
            assert key == before["following"] or key in shown["jump"]
