"""A real browser on a busy machine now and then takes longer than anybody would wait: each test gets a second try.

A test that needed it says so in the summary (`-ra` lists reruns); one that fails twice fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder; the hook sees all that was collected."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))
