"""Addresses of analysis: everything that a page shows follows from its address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from .facts import VIEWS


def query_of(state: Mapping[str, str]) -> str:
    """What the address says after its language; what is empty is left out.

    >>> query_of({"unit": "east", "kind": "", "units": "a,b"})
    'unit=east&units=a%2Cb'
    """
    return urlencode({key: value for key, value in state.items() if value})


def analysis_name(view: str) -> str:
    """The rest of a view's address after /desk/."""
    return "analysis" if view == VIEWS[0] else f"analysis/{view}"


def analysis_href(view: str, language: str, state: Mapping[str, str]) -> str:
    """The address of a view.

    >>> analysis_href("compare", "en", {"units": "a"})
    '/desk/analysis/compare?lang=en&units=a'
    """
    asked = query_of(state)
    return f"/desk/{analysis_name(view)}?lang={language}" + (f"&{asked}" if asked else "")


def export_href(view: str, suffix: str, language: str, state: Mapping[str, str]) -> str:
    """The address of a view as a file.

    >>> export_href("matrix", "csv", "en", {})
    '/desk/analysis/matrix.csv?lang=en'
    """
    asked = query_of(state)
    return f"/desk/analysis/{view}.{suffix}?lang={language}" + (f"&{asked}" if asked else "")
