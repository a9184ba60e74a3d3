"""The audit page and its files, for those whom its permit admits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook

from layouts.words import LANGUAGES
from scoring.roles import Capability
from tests.desk.staged import Stage, staged
from tests.desk.viewers import ADMIN, able, asking, scope_of, sight_of, viewer
from tests.server.teams import teams
from wall.desk.audit import PER_PAGE
from wall.journal import Entry
from wall.people.audit import Act, AuditTrail
from wall.people.viewer import NOBODY, Viewer
from wall.sight.look import WHOLE

AUDITOR = able(Capability.VIEW, Capability.AUDIT, sight=WHOLE)
LEAD = able(Capability.VIEW, Capability.AUDIT, Capability.EXPORT, sight=sight_of("red"))
FORMULA = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(teams()) as found:
        site = found.desk.site
        trail = AuditTrail(site)
        trail.note(Act.EXPORTED, Viewer("person", "ann", "Ann Lee"), {"what": "targets.xlsx", "rows": 12})
        trail.note(Act.SIGN_IN_FAILED, NOBODY, {"account": FORMULA, "address": "10.0.0.9"})
        site.journal.append(Entry("announcement.made", 1_000_000_000_000, "Bob", {"text": "Drill", "unit": "red"}))
        site.journal.append(Entry("note.added", 1_000_000_000_001, "Bob", {"text": "a kind of tomorrow"}))
        yield found


def page(stage: Stage, language: str = "en", reader: Viewer = AUDITOR, **asked: str) -> str:
    with asking(reader):
        return str(stage.rooms.page("audit", asked, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_acts_in_words_with_the_titles_of_units(stage: Stage, language: str) -> None:
    told = page(stage, language)
    words = {
        "en": ("Took away a file", "Announced", "Failed to sign in"),
        "zh-CN": ("导出文件", "发布通知", "登录失败"),
    }
    assert all(one in told for one in words[language])
    assert "Ann Lee" in told
    assert "'Red'" in told
    assert "note.added" in told, "a kind that another version wrote"
    assert "unchanged and complete" in told or "完整无缺" in told


@pytest.mark.parametrize("who", [LEAD, viewer({}), NOBODY, able(Capability.VIEW, Capability.EXPORT, sight=WHOLE)])
def test_who_may_not_see_everything_sees_nothing_of_it(stage: Stage, who: Viewer) -> None:
    with asking(who):
        assert stage.rooms.page("audit", {}, "en") is None
    for suffix in ("csv", "xlsx"):
        assert "Ann Lee" not in fetched(stage, f"/desk/audit/acts.{suffix}", who).get_data(as_text=True)


def test_what_the_address_asks_for_is_what_is_shown(stage: Stage) -> None:
    told = page(stage, kind="audit.exported")
    assert "targets.xlsx" in told
    assert "Drill" not in told
    told = page(stage, since="2001-09-09", until="2001-09-09")
    assert "Drill" in told
    assert "targets.xlsx" not in told
    told = page(stage, who="bob", text="drill")
    assert "Drill" in told
    assert "kind of tomorrow" not in told
    assert "Nothing of the kind was done" in page(stage, text="nothing of that")


@pytest.mark.parametrize(
    "asked",
    [{"since": "yesterday"}, {"until": "9999-12-31"}, {"since": "0001-01-01"}, {"page": "x"}, {"page": "99999"},
     {"page": "-1"}, {"page": "²"}, {"kind": "'"}, {"who": "x" * 10_000}],
)  # fmt: skip
def test_an_address_that_asks_for_nonsense_gets_a_page(stage: Stage, asked: dict[str, str]) -> None:
    told = page(stage, **asked)
    assert "Audit" in told
    assert ("is no day" in told) == (asked.get("since") == "yesterday" or asked.get("until") == "9999-12-31")


def test_pages_hold_a_hundred_and_lead_on(stage: Stage) -> None:
    trail = AuditTrail(stage.desk.site)
    for number in range(PER_PAGE):
        trail.note(Act.SIGNED_OUT, Viewer("person", "fay", "Fay"), {"number": number})
    first, second = page(stage, who="fay"), page(stage, kind="audit.", page="2")
    assert first.count("Signed out") == PER_PAGE + 1, "and once in the list to pick from"
    assert "page=2" not in first
    assert "targets.xlsx" in second
    assert "kind=audit." in second, "what is asked for goes along"


def fetched(stage: Stage, path: str, who: Viewer) -> Any:
    return stage.server.test_client().get(path, environ_overrides=scope_of(who))


def test_a_file_has_what_was_found_and_is_noted_itself(stage: Stage) -> None:
    answer = fetched(stage, "/desk/audit/acts.csv?lang=en&kind=audit.exported&text=targets", ADMIN)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "Account", "Kind", "What", "Of what"]
    assert [row[1:] for row in rows[1:]] == [
        ["Ann Lee", "ann", "audit.exported", "Took away a file", "file: targets.xlsx; rows: 12"]
    ]
    noted = stage.desk.site.trail.entries("audit.exported")[-1]
    assert (noted.body["who"], noted.body["what"], noted.body["rows"]) == ("ann", "audit/acts.csv", 1)
    assert noted.body["asked"] == {"kind": "audit.exported", "text": "targets"}


def test_what_somebody_typed_is_no_formula_in_a_file(stage: Stage) -> None:
    query = "?lang=en&kind=audit.sign_in_failed"
    lines = list(csv.reader(io.StringIO(fetched(stage, f"/desk/audit/acts.csv{query}", ADMIN).data.decode())))
    assert lines[1][5] == f"account: {FORMULA}; from: 10.0.0.9"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in lines[1])
    book = load_workbook(io.BytesIO(fetched(stage, f"/desk/audit/acts.xlsx{query}", ADMIN).data))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row if cell.value]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_files_need_the_right_to_take_away_and_a_known_kind(stage: Stage) -> None:
    before = len(stage.desk.site.trail.entries("audit.exported"))
    assert "/desk/audit/acts.csv" not in page(stage)
    assert "/desk/audit/acts.csv" in page(stage, "en", ADMIN)
    assert "Ann Lee" not in fetched(stage, "/desk/audit/acts.csv", AUDITOR).get_data(as_text=True)
    assert "Ann Lee" not in fetched(stage, "/desk/audit/acts.pdf", ADMIN).get_data(as_text=True)
    assert fetched(stage, "/desk/audit/acts.csv?since=yesterday", ADMIN).status_code == 400
    assert len(stage.desk.site.trail.entries("audit.exported")) == before
