"""Addresses of pages."""

from __future__ import annotations

from urllib.parse import quote


def unit_href(unit_id: str, language: str) -> str:
    """The address of a unit's phone page.

    >>> unit_href("asm-1", "en")
    '/phone/asm-1?lang=en'
    """
    return f"/phone/{quote(unit_id)}?lang={language}"


def alerts_href(language: str) -> str:
    """The address of all alerts that the viewer sees."""
    return f"/phone/-/alerts?lang={language}"


def alert_href(alert_id: str, language: str) -> str:
    """The address of one alert's phone page.

    >>> alert_href("3a501ea0b61bdc88", "en")
    '/phone/-/alerts/3a501ea0b61bdc88?lang=en'
    """
    return f"/phone/-/alerts/{quote(alert_id)}?lang={language}"


def explain_href(unit_id: str, language: str, kpi_id: str = "") -> str:
    """The address that explains a unit's score, or one KPI of it.

    >>> explain_href("asm-1", "en", "oee")
    '/explain/asm-1/oee?lang=en'
    """
    place = f"{quote(unit_id)}/{quote(kpi_id)}" if kpi_id else quote(unit_id)
    return f"/explain/{place}?lang={language}"
