"""The versions of definitions that a check must look at: the one written down, and what each change makes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from scoring.definitions import Kpi, Model
from scoring.editions import edition

from .finding import Finding, KeyPath, doubt, fault


@dataclass(frozen=True, slots=True)
class KpiVersion:
    """A KPI as it stands from a date on (None: as it is written down), and where each of its values is written."""

    kpi: Kpi
    path: KeyPath
    from_: dt.date | None = None
    changed: Mapping[str, KeyPath] = field(default_factory=dict)

    def at(self, name: str) -> KeyPath:
        """The path of a value: in the change that set it last, else in the KPI."""
        return self.changed.get(name, (*self.path, name))

    def wrong(self, name: str, message: str, fix: str) -> Finding:
        """A fault of one of its values."""
        return fault(self.at(name), f"kpi {self.kpi.id!r}: {message}{self._since()}", fix)

    def doubtful(self, name: str, message: str, fix: str) -> Finding:
        """A doubt about one of its values."""
        return doubt(self.at(name), f"kpi {self.kpi.id!r}: {message}{self._since()}", fix)

    def _since(self) -> str:
        return f" (from {self.from_})" if self.from_ else ""

    def targets(self) -> list[Decimal]:
        """Its targets, wherever they hold."""
        return list(self.kpi.target.values()) if isinstance(self.kpi.target, dict) else [self.kpi.target]

    def weights(self) -> list[Decimal]:
        """Its weights, wherever they hold."""
        return list(self.kpi.weight.values()) if isinstance(self.kpi.weight, dict) else [self.kpi.weight]


def kpi_versions(model: Model) -> Iterator[list[KpiVersion]]:
    """For each KPI all its versions, oldest first."""
    always = [kpi.model_copy(update={"from_": None, "until": None}) for kpi in model.kpis]
    slim = model.model_copy(update={"kpis": always, "units": []})
    dates = sorted({change.from_ for change in model.changes if change.kpis})
    editions = {date: {kpi.id: kpi for kpi in edition(slim, date).kpis} for date in dates}
    for number, kpi in enumerate(model.kpis):
        found = [KpiVersion(kpi, ("kpis", number))]
        for date in dates:
            if any(change.from_ == date and kpi.id in change.kpis for change in model.changes):
                found.append(KpiVersion(editions[date][kpi.id], ("kpis", number), date, _places(model, kpi.id, date)))
        yield found


def _places(model: Model, kpi_id: str, date: dt.date) -> dict[str, KeyPath]:
    """The fields of a KPI that changes have set by a date, each with the newest change's path."""
    due = [(change.from_, number) for number, change in enumerate(model.changes) if change.from_ <= date]
    places: dict[str, KeyPath] = {}
    for _, number in sorted(due):
        one = model.changes[number].kpis.get(kpi_id)
        for name in one.model_fields_set if one else ():
            if getattr(one, name) is not None:
                places[name] = ("changes", number, "kpis", kpi_id, name)
    return places


def editions(model: Model, dates: set[dt.date]) -> Iterator[tuple[dt.date | None, Model]]:
    """What holds on the first day that events are accepted, and the editions of those dates that come after it."""
    begins = model.accept.after
    yield None, edition(model, begins)
    for date in sorted(dates):
        if date > begins:
            yield date, edition(model, date)
