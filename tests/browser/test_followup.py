"""Notes and actions on the phone, and the review of a period, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from wall.bench.screen import browser

from .staging import SEEN_MS, Stage, staged

LINE, KPI = "asm-1", "output"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def stage(chromium: Any) -> Iterator[Stage]:
    with staged("factory", chromium) as made:
        yield made


def write(page: Any, form: str, **fields: str) -> None:
    """Open a form, fill it in and send it."""
    held = page.locator(f"details:has(form[data-followup={form}])").first
    held.locator("summary").first.click()
    for name, value in fields.items():
        held.locator(f"[name={name}]").fill(value)
    held.locator("[type=submit]").first.click()


def test_a_note_and_an_action_are_written_done_and_taken_back_without_leaving_the_page(stage: Stage) -> None:
    page = stage.open(f"/phone/{LINE}/kpi/{KPI}?lang=en", 390, 844)
    page.wait_for_selector("#followup", timeout=SEEN_MS)
    write(page, "note", text="Two tool changes in the early shift <b>")
    page.wait_for_selector(".fu-text:has-text('Two tool changes in the early shift <b>')", timeout=SEEN_MS)
    write(page, "action", title="Ask the supplier")
    page.wait_for_selector(".fu-title:has-text('Ask the supplier')", timeout=SEEN_MS)
    small = page.evaluate(
        "[...document.querySelectorAll('.fu-card :is(summary, button), .fu-add > summary')]"
        ".filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.textContent)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.goto(f"{stage.root}/phone/-/actions?lang=en")
    card = page.locator(".fu-action:has-text('Ask the supplier')")
    card.locator("summary", has_text="Done").click()
    card.locator("[name=outcome]").fill("It comes on Friday")
    card.locator("[type=submit]", has_text="Mark as done").click()
    page.wait_for_selector(".fu-outcome:has-text('It comes on Friday')", timeout=SEEN_MS)
    page.locator(".fu-action:has-text('Ask the supplier') button", has_text="Take back").click()
    page.wait_for_selector(".fu-action:has-text('Ask the supplier')", state="detached", timeout=SEEN_MS)
    assert stage.complaints() == []
    page.close()


def test_what_can_not_be_sent_is_told_and_stays_in_the_form(stage: Stage) -> None:
    page = stage.open(f"/phone/{LINE}/kpi/{KPI}?lang=en", 390, 844)
    page.wait_for_selector("#followup", timeout=SEEN_MS)
    page.context.set_offline(True)
    write(page, "note", text="Written in the lift")
    page.wait_for_selector(".toast.shown:has-text('your text is still here')", timeout=SEEN_MS)
    assert page.locator("form[data-followup=note] textarea").input_value() == "Written in the lift"
    page.context.set_offline(False)
    page.locator("form[data-followup=note] [type=submit]").click()
    page.wait_for_selector(".fu-text:has-text('Written in the lift')", timeout=SEEN_MS)
    stage.complaints()
    page.close()


def test_a_proposal_of_a_review_opens_what_if_filled_in(stage: Stage) -> None:
    page = stage.open("/desk/review/group/2026-03?lang=en", 1920, 1080)
    page.wait_for_selector(".room-review .course", timeout=SEEN_MS)
    page.fill("#review-text", "Morning rounds work")
    page.click("#review-keep")
    page.wait_for_selector(".lesson-text:has-text('Morning rounds work')", timeout=SEEN_MS)
    page.fill("#review-value", "96")
    page.fill("#review-why", "Customers ask for it")
    page.click("#review-propose")
    page.click(".proposal-head a", timeout=SEEN_MS)
    page.wait_for_selector("#wi-reason", timeout=SEEN_MS)
    assert "Customers ask for it (review March 2026 #" in page.input_value("#wi-reason")
    values = page.eval_on_selector_all("#wi-card input", "all => all.map((one) => one.value)")
    assert "96" in values
    assert stage.complaints() == []
    page.close()
