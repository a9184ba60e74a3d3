"""Every scene of both samples fits every screen: in each language and theme, live, stale, offline, within a margin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from scoring.scenes import Brand, Scene
from tests.browser import fit
from tests.browser.staging import SEEN_MS, Stage, staged
from tests.samples.folders import read
from wall.bench.push import await_port
from wall.bench.screen import browser
from wall.samples import samples

_SIZES = [
    (1280, 720), (1920, 1080), (3840, 2160), (1080, 1920), (2160, 3840), (2560, 1080), (3440, 1440), (1024, 768),
]  # fmt: skip
#: Slow to paint, so in the model's own language only.
_LARGEST = (7680, 4320)
_TWO = [(1920, 1080), (1080, 1920)]
#: One brand on dark and one on light ground.
_BRANDS = {
    "factory": Brand(dark=True, ground="#0B1220", surface="#131D31", accent="#7FB2FF"),
    "airline": Brand(dark=False, ground="#F2EFE8", surface="#FFFFFF", accent="#7A2E8E"),
}
#: Business time all but stands still, so that nothing becomes stale before a test says so.
_STILL = 0.001
#: By then some sources of the factory are stale and some silent, and the airline's only one is stale.
_QUIET_S = 3000
_both = pytest.mark.parametrize("stage", ["factory", "airline"], indirect=True)
_factory = pytest.mark.parametrize("stage", ["factory"], indirect=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, chromium: Any) -> Iterator[Stage]:
    name: str = request.param
    model = read(name).model_copy(update={"brand": _BRANDS[name]})
    with staged(name, chromium, model, _STILL) as found:
        yield found


def _address(stage: Stage, scene: Scene, language: str, **asked: str) -> str:
    """A scene without a unit is shown at the highest."""
    unit = {} if scene.unit else {"unit": next(one.id for one in stage.model.units if one.parent is None)}
    return f"/wall/{scene.id}?{urlencode({'lang': language, **unit, **asked})}"


def _opened(stage: Stage, language: str, theme: str) -> Any:
    first = _address(stage, stage.model.scenes[0], language, theme=theme)
    page = stage.open(first, *_TWO[0], reduced_motion="reduce")
    fit.settle(page, SEEN_MS)
    return page


def _show(page: Any, address: str) -> None:
    """Let the page show another scene as a screen does that rotates."""
    assert page.evaluate("address => kpiwall.stage.show(address)", address), address
    fit.settle(page)


def _found(page: Any, scene: Scene, sizes: Sequence[tuple[int, int]], pictures: Path) -> list[str]:
    """The faults of the scene that is shown, size by size; of each faulty size a picture."""
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        fit.settle(page)
        faults = fit.faults(page)
        if faults:
            picture = pictures / f"{scene.id}-{width}x{height}.png"
            page.screenshot(path=picture)
            found += [f"{scene.id} {width}x{height}: {fault} ({picture})" for fault in faults]
    return found


def _all_found(stage: Stage, language: str, theme: str, sizes: Sequence[tuple[int, int]], pictures: Path) -> list[str]:
    """The faults of all scenes, and what the browser complained of."""
    page = _opened(stage, language, theme)
    found = []
    for scene in stage.model.scenes:
        _show(page, _address(stage, scene, language))
        found += _found(page, scene, sizes, pictures)
    page.close()
    return found + stage.complaints()


def _nothing(found: Sequence[str]) -> None:
    assert not found, "\n".join(found)


@pytest.mark.slow
@_both
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_scene_fits_every_screen(stage: Stage, language: str, theme: str, tmp_path: Path) -> None:
    sizes = [*_SIZES, _LARGEST] if language == stage.model.language else _SIZES
    _nothing(_all_found(stage, language, theme, sizes, tmp_path))


@pytest.mark.slow
@_both
def test_every_scene_that_arranges_its_kpis_shows_the_value_of_each(stage: Stage) -> None:
    page = _opened(stage, "en", "dark")
    for scene in [one for one in stage.model.scenes if one.kpis]:
        _show(page, _address(stage, scene, "en"))
        values = page.eval_on_selector_all('.tile [data-text$=".value"]', "found => found.map(one => one.textContent)")
        assert len(values) == len(scene.kpis)
        assert all(value.strip() not in ("", "–") for value in values)
    page.close()


@pytest.mark.slow
@_both
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_glyph_of_every_scene_comes_from_the_fonts_that_are_served(stage: Stage, language: str) -> None:
    page = _opened(stage, language, "dark")
    for scene in stage.model.scenes:
        _show(page, _address(stage, scene, language))
        assert not fit.strange_fonts(page), scene.id
    page.close()


@pytest.mark.slow
@_both
def test_a_scene_fits_in_the_colours_of_the_brand(stage: Stage, tmp_path: Path) -> None:
    page = _opened(stage, stage.model.language, "brand")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == page.evaluate("colour => kpiwallFit.css(colour)", _BRANDS[stage.sample].ground)
    _nothing(_found(page, stage.model.scenes[0], _TWO, tmp_path) + stage.complaints())
    page.close()


@pytest.mark.slow
@_factory
def test_a_scene_fits_within_the_safe_margin_of_its_screen(stage: Stage, tmp_path: Path) -> None:
    page = _opened(stage, "zh-CN", "dark")
    page.evaluate("document.documentElement.style.setProperty('--margin', 5)")
    for scene in stage.model.scenes:
        _show(page, _address(stage, scene, "zh-CN"))
        _nothing(_found(page, scene, [(1080, 1920), (1920, 1080), (2560, 1080)], tmp_path))
    page.close()


@pytest.mark.slow
@_both
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_scene_fits_while_sources_are_silent(stage: Stage, language: str, theme: str, tmp_path: Path) -> None:
    _silence(stage)
    _nothing(_all_found(stage, language, theme, _TWO, tmp_path))


def _silence(stage: Stage) -> None:
    """The clock goes on and no event comes, once."""
    quiet_ms = samples()[stage.sample].sets_in_ms + _QUIET_S * 1000
    if stage.site.store.clock().now_ms() < quiet_ms:
        stage.set_time(quiet_ms, _STILL)
        page = stage.open(_address(stage, stage.model.scenes[0], "en"), *_TWO[0])
        page.wait_for_selector(".live[data-is=stale]", timeout=SEEN_MS)
        page.close()


@contextmanager
def _without_server(stage: Stage) -> Iterator[None]:
    stage.serve.kill()
    try:
        yield
    finally:
        stage.serve.start()
        await_port(stage.site.settings.port)


@pytest.mark.slow
@_factory
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_scene_fits_while_its_server_is_away(stage: Stage, theme: str, tmp_path: Path) -> None:
    page = _opened(stage, "zh-CN", theme)
    with _without_server(stage):
        page.wait_for_selector("html[data-offline]", timeout=40_000)
        _nothing(_found(page, stage.model.scenes[0], _TWO, tmp_path))
    page.close()
    stage.complaints()
