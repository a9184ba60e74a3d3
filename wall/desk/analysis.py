"""Analysis on the desk: matrix, comparison, timelines and groups, as pages and as files of what these show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import flask
from dash import html

from layouts import moments
from layouts.analysis.facts import VIEWS, AnalysisFacts
from layouts.analysis.page import analysis_page
from wall.people.audit import Act, AuditTrail
from wall.people.permits import no_such_page, route_for
from wall.people.viewer import current_viewer, language_for
from wall.results.kpi_reading import KpiReader
from wall.results.timeline import Timelines

from .analysis_compare import compare_facts
from .analysis_export import Header, as_csv, as_workbook, rows_of
from .analysis_groups import groups_facts
from .analysis_matrix import matrix_facts
from .analysis_scope import Scope, scope_of
from .analysis_timeline import Told, timeline_facts
from .desk import EXPECTED, Desk, faults_of
from .permits import ANALYSIS, EXPORT

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Analysis:
    """The pages of analysis of one desk."""

    desk: Desk
    timelines: Timelines
    reader: KpiReader

    def facts(self, view: str, scope: Scope, asked: Mapping[str, str]) -> AnalysisFacts:
        """What a view shows of a scope, by its address."""
        export = EXPORT.admits(current_viewer())
        match view:
            case "compare":
                return compare_facts(scope, asked, export)
            case "timeline":
                return timeline_facts(scope, Told(self.timelines, self.reader), asked, export)
            case "groups":
                return groups_facts(scope, self.reader, asked, export)
        return matrix_facts(scope, asked, export)


def analysis_room(analysis: Analysis, view: str, asked: Mapping[str, str], language: str) -> html.Div | None:
    """The page of a view; None for one that there is not."""
    if view not in VIEWS:
        return None
    scope = scope_of(analysis.desk, language, ANALYSIS)
    return analysis_page(scope.found, analysis.facts(view, scope, asked))


def add_analysis(server: flask.Flask, analysis: Analysis) -> None:
    """The routes of the files."""
    trail = AuditTrail(analysis.desk.site)

    @server.get("/desk/analysis/<view>.<suffix>")
    @route_for(ANALYSIS & EXPORT)
    def analysis_file(view: str, suffix: str) -> Any:
        if view not in VIEWS or suffix not in _KINDS:
            return no_such_page()
        try:
            return _file(analysis, trail, view, suffix)
        except EXPECTED as error:
            return flask.Response(faults_of(error) + "\n", 400, mimetype="text/plain")


def _file(analysis: Analysis, trail: AuditTrail, view: str, suffix: str) -> flask.Response:
    """The file of an address; it is noted before anything leaves."""
    asked = dict(flask.request.args)
    language = language_for(asked.pop("lang", None), analysis.desk.model.language)
    scope = scope_of(analysis.desk, language, ANALYSIS, EXPORT)
    facts = analysis.facts(view, scope, asked)
    write = as_csv if suffix == "csv" else as_workbook
    content = write(scope.found.words, header_of(scope, facts), facts)
    about = {"what": f"analysis/{view}.{suffix}", "rows": rows_of(facts), "asked": dict(facts.state)}
    trail.note(Act.EXPORTED, current_viewer(), about)
    name = f"{view}-{scope.desk.today}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return flask.Response(content, mimetype=_KINDS[suffix], headers=headers)


def header_of(scope: Scope, facts: AnalysisFacts) -> Header:
    """What a file says of itself: of what, as of when, for whom, and what was picked."""
    found, words, viewer = scope.found, scope.found.words, current_viewer()
    when = moments.local(found.board.as_of_ms, found.zone)
    filters = [one for sheet in facts.sheets[:1] for one in sheet.filters]
    return Header(
        (
            (words("analysis.export.site"), f"{found.text(found.model.title)} · {scope.desk.site.settings.site}"),
            (words("analysis.export.what"), f"{words('desk.room.analysis')} · {words(f'analysis.{facts.view}')}"),
            (words("analysis.export.model"), found.board.model_version or found.model.version),
            (words("analysis.export.as_of"), f"{when:%Y-%m-%d %H:%M:%S %Z}"),
            (words("analysis.export.viewer"), viewer.title or viewer.name),
            *filters,
            *([(words("analysis.export.empty"), facts.empty)] if facts.empty else []),
        )
    )
