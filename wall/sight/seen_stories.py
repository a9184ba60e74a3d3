"""Explanations for the viewer of the request: what is hidden is gone from them, or they are withheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from layouts.stories import EventPage, KpiStory, UnitStory
from scoring.forms import PeriodKind
from scoring.roles import Capability
from scoring.waterfall import Waterfall
from streams.origin import Origins
from wall.results.explaining import Explainer

from .seen_site import SeenSite
from .seen_story import seen_kpi_story, seen_unit_story, seen_waterfall


class SeenStories:
    """What an explainer tells the current viewer; whatever is hidden is answered like what does not exist."""

    def __init__(self, explainer: Explainer, site: SeenSite) -> None:
        self._explainer = explainer
        self._site = site

    def explain_unit(self, unit: str) -> UnitStory | None:
        """Why a unit's score is what it is; None for a unit without one."""
        seen = self._site.visible()
        story = self._explainer.explain_unit(unit) if seen.sees_score(unit) else None
        return None if story is None else seen_unit_story(story, seen)

    def explain_kpi(self, unit: str, kpi: str) -> KpiStory | None:
        """Why a KPI's score is what it is; None where it does not stand at the unit."""
        seen = self._site.visible()
        story = self._explainer.explain_kpi(unit, kpi) if seen.sees_kpi(unit, kpi) else None
        return None if story is None else seen_kpi_story(story, seen)

    def moved_since(self, unit: str, kind: PeriodKind) -> Waterfall | None:
        """Why a unit's score moved since the last period of a kind ended."""
        seen = self._site.visible()
        found = self._explainer.moved_since(unit, kind) if seen.sees_score(unit) else None
        return None if found is None else seen_waterfall(found, seen)

    def waterfall(self, unit: str, start_ms: int, end_ms: int) -> Waterfall | None:
        """Why a unit's score moved between two moments."""
        seen = self._site.visible()
        found = self._explainer.waterfall(unit, start_ms, end_ms) if seen.sees_score(unit) else None
        return None if found is None else seen_waterfall(found, seen)

    def shows_events(self, unit: str, kpi: str) -> bool:
        """Whether the viewer may read the events behind a KPI."""
        return self._site.visible(Capability.EXPLAIN).sees_kpi(unit, kpi)

    def events_behind(self, unit: str, kpi: str, cursor: str | None, language: str) -> EventPage:
        """The newest events behind a KPI of the units whose events the viewer may see.

        How many records were read for them would tell how many of others lie between.
        """
        seen = self._site.visible(Capability.EXPLAIN)
        if not seen.sees_kpi(unit, kpi):
            return EventPage((), None, 0, True)
        page = self._explainer.events_behind(unit, kpi, cursor, language, seen.sees_events)
        return page if seen.sight.whole else replace(page, scanned=0)

    def origins(self, unit: str, kpi: str, before: Mapping[str, str] | None = None) -> Origins | None:
        """The same as data; None where the KPI is not seen, or its events are not for the viewer."""
        seen = self._site.visible(Capability.EXPLAIN)
        if not seen.sees_kpi(unit, kpi):
            return None
        found = self._explainer.origins(unit, kpi, before, seen.sees_events)
        return found if found is None or seen.sight.whole else replace(found, scanned=0)
