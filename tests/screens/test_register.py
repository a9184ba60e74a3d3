"""The fleet as a fold of the journal, and what a screen may show; all pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.definitions import Model
from wall.journal import Entry
from wall.screens.fleet import (
    CHANGED,
    CREDENTIAL,
    ENDED,
    MADE,
    PAIRED,
    REVOKED,
    Register,
    Screen,
    folded,
)
from wall.screens.scope import may_show
from wall.screens.wanted import Wanted

from .fleets import screens_model


def entry(kind: str, at_ms: int = 1, **body: Any) -> Entry:
    return Entry(kind, at_ms, "Ann", body)


def pairing(name: str = "s1", at_ms: int = 1, **more: Any) -> Entry:
    return entry(PAIRED, at_ms, screen=name, **asdict(Wanted("TV", "hall", "red", "team")) | more)


def screen_after(*entries: Entry) -> Screen:
    return folded(Register(), [pairing(), *entries]).screens["s1"]


def hashes(screen: Screen) -> list[str]:
    return [one.hash for one in screen.hashes]


def test_a_screen_is_what_was_paired_and_changed_of_it() -> None:
    screen = screen_after(entry(CHANGED, screen="s1", changes={"name": "TV 2", "margin": 2.5}))
    assert (screen.name, screen.margin, screen.place, screen.unit, screen.paired_ms) == ("TV 2", 2.5, "hall", "red", 1)


def test_a_revoked_screen_stays_known_as_revoked_since_the_first_time() -> None:
    register = folded(Register(), [pairing(), entry(REVOKED, 5, screen="s1"), entry(REVOKED, 9, screen="s1")])
    assert register.screens["s1"].revoked_ms == 5
    assert register.standing() == []


def test_the_former_credential_holds_until_the_new_one_was_used() -> None:
    issued = [entry(CREDENTIAL, 1, issued={"s1": "a"}), entry(CREDENTIAL, 2, issued={"s1": "b"})]
    assert hashes(screen_after(*issued)) == ["a", "b"]
    assert hashes(screen_after(*issued, entry(CREDENTIAL, 3, kept={"s1": "b"}))) == ["b"]


def test_of_credentials_never_used_the_newest_two_stay_beside_the_one_in_use() -> None:
    issued = [entry(CREDENTIAL, at, issued={"s1": one}) for at, one in enumerate("abcd")]
    assert hashes(screen_after(*issued)) == ["a", "c", "d"]
    assert hashes(screen_after(*issued, entry(CREDENTIAL, 9, kept={"s1": "c"}))) == ["c", "d"]


def test_one_entry_carries_the_credentials_of_many_screens() -> None:
    both = entry(CREDENTIAL, 3, issued={"s1": "a", "s2": "b", "gone": "c"})
    register = folded(Register(), [pairing("s1"), pairing("s2"), both])
    assert {name: hashes(one) for name, one in register.screens.items()} == {"s1": ["a"], "s2": ["b"]}


def test_entries_of_other_kinds_and_of_unknown_screens_change_nothing() -> None:
    others = [entry("period.closed", period="2026-02"), entry(CHANGED, screen="no", changes={"name": "x"})]
    others += [entry(REVOKED, screen="no"), entry(CREDENTIAL, kept={"no": "x"}), entry(ENDED, id="no")]
    assert folded(Register(), others) == Register()


def test_an_announcement_stands_until_it_is_ended() -> None:
    made = entry(MADE, id="a", text="drill", unit="red", from_ms=1, until_ms=None)
    register = folded(Register(), [made])
    assert (register.announced["a"].text, register.announced["a"].author) == ("drill", "Ann")
    assert folded(register, [entry(ENDED, id="a")]).announced == {}


_ENTRIES = st.lists(
    st.one_of(
        st.builds(lambda n: pairing(f"s{n}"), st.integers(1, 3)),
        st.builds(lambda n, h: entry(CREDENTIAL, issued={f"s{n}": h}), st.integers(1, 3), st.sampled_from("abcdef")),
        st.builds(lambda n, h: entry(CREDENTIAL, kept={f"s{n}": h}), st.integers(1, 3), st.sampled_from("abcdef")),
        st.builds(lambda n: entry(REVOKED, screen=f"s{n}"), st.integers(1, 3)),
        st.builds(lambda n, t: entry(CHANGED, screen=f"s{n}", changes={"name": t}), st.integers(1, 3), st.text()),
    ),
    max_size=20,
)


@given(_ENTRIES, st.integers(0, 20))
def test_reading_on_gives_what_reading_at_once_gives(entries: list[Entry], at: int) -> None:
    assert folded(folded(Register(), entries[:at]), entries[at:]) == folded(Register(), entries)


@given(_ENTRIES)
def test_a_screen_has_three_credentials_at_most(entries: list[Entry]) -> None:
    assert all(len(one.hashes) <= 3 for one in folded(Register(), entries).screens.values())


@pytest.fixture(scope="module")
def model() -> Model:
    return screens_model()


@pytest.mark.parametrize(
    ("screen_unit", "scene", "unit", "allowed"),
    [
        ("red", "anywhere", "red", True),
        ("red", "anywhere", "ann", True),
        ("red", "anywhere", "blue", False),
        ("red", "anywhere", "company", False),
        ("red", "anywhere", "", False),
        ("company", "anywhere", "", True),
        ("red", "red_only", "", True),
        ("red", "red_only", "blue", True),
        ("blue", "red_only", "blue", False),
        ("red", "all_teams", "red", False),
        ("company", "all_teams", "", True),
        ("red", "peeping", "red", False),
        ("company", "peeping", "red", True),
        ("red", "nowhere", "red", False),
        ("red", "anywhere", "nobody", False),
        ("nobody", "anywhere", "nobody", False),
    ],
)
def test_a_scene_may_be_shown_where_all_it_names_lies_below(
    model: Model, screen_unit: str, scene: str, unit: str, allowed: bool
) -> None:
    assert may_show(model, screen_unit, scene, unit) is allowed


def test_a_map_names_the_units_drawn_on_it(model: Model) -> None:
    tile = {"tile": "map", "map": "floor", "at": {"column": 1, "row": 1, "columns": 4, "rows": 5}}
    drawn = {"id": "floor", "spots": [{"unit": "red", "x": 1, "y": 1}, {"unit": "blue", "x": 2, "y": 2}]}
    content = model.model_dump(mode="json", by_alias=True)
    content |= {"maps": [drawn], "scenes": [{"id": "map", "title": "Map", "tiles": [tile]}], "playlists": []}
    with_map = Model.model_validate(content)
    assert may_show(with_map, "company", "map", "red")
    assert not may_show(with_map, "red", "map", "red")
