"""Signing in with a browser: from a deep link to it, and out again; the account; pages that fit every screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from layouts.words import Words
from scoring.roles import ADMIN
from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import account, put_cookie
from wall.bench.push import await_port
from wall.bench.screen import browser
from wall.definitions.apply import put_in_force
from wall.people.cookies import SESSION
from wall.people.entrance import open_entrance
from wall.ports import free_port
from wall.settings import Settings
from wall.wiring import Site, open_site

pytestmark = pytest.mark.slow

WORDS = Words.of("en")
PASSWORD = "three tired owls"
SEEN_MS = 30_000
SIZES = ((1920, 1080), (390, 844), (320, 640))
#: What reaches beyond the window, is smaller than a thumb, or smaller than can be read.
MISFITS = """() => {
  const found = document.documentElement.scrollWidth > window.innerWidth ? ["wider than the window"] : [];
  for (const one of document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")) {
    if (!one.getClientRects().length) continue;
    const box = (one.closest("label") || one).getBoundingClientRect();
    if (box.height < 43.5) found.push(`low: ${one.outerHTML.slice(0, 60)}`);
  }
  for (const one of document.querySelectorAll("main *")) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (text && parseFloat(getComputedStyle(one).fontSize) < 12) found.push(`small: ${one.textContent.slice(0, 30)}`);
  }
  return found;
}"""


class Entered:
    """A served factory, a browser, and what it complains of."""

    def __init__(self, site: Site, chromium: Any) -> None:
        self.site = site
        self.chromium = chromium
        self.faults: list[str] = []

    @property
    def root(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.site.settings.port}"

    def open(self, path: str, width: int = 1280, height: int = 800, **context: Any) -> Any:
        """A page in a browser of its own, in which nobody has signed in."""
        page = self.chromium.new_context(viewport={"width": width, "height": height}, **context).new_page()
        page.on("pageerror", lambda one: self.faults.append(f"error: {one}"))
        page.on("console", lambda one: self.faults.append(one.text) if "Security Policy" in one.text else None)
        page.goto(self.root + path)
        return page


@pytest.fixture(scope="module")
def wall() -> Iterator[Entered]:
    with RedisNode(appendfsync="everysec") as redis, browser() as chromium:
        site = open_site(Settings(site="people", redis=redis.url, topic="people", port=free_port()))
        put_in_force(site, read("factory"), "test", "test")
        with Service("serve", site.settings), Service("score", site.settings):
            await_port(site.settings.port)
            yield Entered(site, chromium)


def test_the_pages_of_signing_in_fit_every_screen(wall: Entered) -> None:
    if not open_entrance(wall.site).first_run.is_due():
        pytest.fail("somebody has an account already")
    pages = ["/setup"]
    for at in range(2):
        for path in pages:
            for width, height in SIZES:
                for scheme, language in (("dark", "zh-CN"), ("light", "en")):
                    page = wall.open(f"{path}?lang={language}", width, height, color_scheme=scheme)
                    assert page.evaluate(MISFITS) == [], (path, width, scheme)
                    assert page.evaluate("document.documentElement.lang") == language
                    page.context.close()
        if not at:
            account(wall.site)
            pages = ["/sign-in"]
    assert wall.faults == []


def test_a_deep_link_leads_to_its_page_and_signing_out_shuts_it(wall: Entered) -> None:
    about = {"title": "Chen", "unit": "assembly", "grants": ["department_manager"]}
    open_entrance(wall.site).accounts.add("chen", about, "t", WORDS, PASSWORD)
    page = wall.open("/phone/assembly?lang=en")
    page.wait_for_selector("#password")
    assert page.url == f"{wall.root}/sign-in?next=/phone/assembly%3Flang%3Den"
    page.fill("#name", "chen")
    page.fill("#password", "not the password")
    page.click("button[type=submit]")
    page.wait_for_selector(".said[role=alert]")
    assert page.input_value("#name") == "chen", "the name need not be typed again"
    page.fill("#password", PASSWORD)
    page.click("[data-look]")
    assert page.get_attribute("#password", "type") == "text"
    page.click("button[type=submit]")
    page.wait_for_url(f"{wall.root}/phone/assembly?lang=en", timeout=SEEN_MS)
    page.wait_for_function("() => document.body.textContent.includes('Final assembly')", timeout=SEEN_MS)
    page.goto(f"{wall.root}/account?lang=en")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url(f"{wall.root}/sign-in")
    page.goto(f"{wall.root}/phone/assembly")
    page.wait_for_selector("#password")
    page.context.close()
    assert wall.faults == []


def test_a_page_that_listens_leads_to_signing_in_once_its_session_has_ended(wall: Entered) -> None:
    entrance = open_entrance(wall.site)
    made = account(wall.site, ADMIN)
    page = wall.open("/sign-in")
    put_cookie(page, wall.site, (SESSION, entrance.sessions.begin(made, kept=False)))
    page.goto(f"{wall.root}/wall/overview?lang=en")
    page.wait_for_selector(".clock", timeout=SEEN_MS)
    streams: list[int] = []
    page.on("response", lambda one: streams.append(one.status) if "/push/" in one.url else None)
    entrance.accounts.sign_out(made.id, "t", WORDS)
    wait_until(lambda: page.wait_for_timeout(200) or 401 in streams, 20, "the stream is refused")
    page.context.close()


def test_the_account_changes_language_and_issues_a_token(wall: Entered) -> None:
    made = account(wall.site, ADMIN, name="dora")
    page = wall.open("/sign-in", 390, 844)
    put_cookie(page, wall.site, (SESSION, open_entrance(wall.site).sessions.begin(made, kept=False)))
    page.goto(f"{wall.root}/account?lang=en")
    for summary in page.query_selector_all("summary"):
        summary.click()
    assert page.evaluate(MISFITS) == []
    page.fill("#title", "board reader")
    page.check("input[value=view]")
    page.click("form[action='/account/token'] button[type=submit]")
    page.wait_for_selector(".secret")
    text = page.inner_text(".secret")
    assert open_entrance(wall.site).accounts.people().tokens[text.split("_")[1]].capabilities == ("view",)
    page.select_option("#language", "zh-CN")
    page.click("form[action='/account/language'] button")
    page.wait_for_selector(".said[role=status]")
    page.goto(f"{wall.root}/account")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.goto(f"{wall.root}/")
    page.wait_for_selector(".home", timeout=SEEN_MS)
    assert page.evaluate("document.documentElement.lang") == "zh-CN", "the account's language is that of its pages"
    page.context.close()
    assert wall.faults == []
