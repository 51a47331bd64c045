"""The console for tests: a client signed in as a role, and Debian's Chromium before the served application."""

import html
import io
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.accounts.models import Account
from knowledge.accounts.signing_in import open_session

WIDTHS = (390, 1280)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def session_of(desk: Desk, role: str) -> str:
    """What the cookie of a fresh account of this role holds. Its name is the role; its password fits nothing."""
    with desk.sessions() as session:
        account = session.query(Account).filter_by(name=role).one_or_none()
        if account is None:
            account = Account(name=role, role=role, password="", created_at=desk.now())
            session.add(account)
            session.flush()
        token = open_session(session, account.id, int(desk.now().timestamp()))
        session.commit()
    return token


class Console:
    """A browser without script, signed in as a role; as nobody where the role is empty."""

    def __init__(self, web: Flask, desk: Desk, role: str) -> None:
        self.client, self.desk, self.role = web.test_client(), desk, role
        self.sign_in_again()

    def sign_in_again(self) -> None:
        """Begins a new session, where the last one has ended."""
        if self.role:
            with self.client.session_transaction(base_url="http://localhost/console/") as cookie:
                cookie["_user_id"] = session_of(self.desk, self.role)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def text(self, path: str, **options: Any) -> str:
        """A page that must be there."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.get_data(as_text=True))

    def post(
        self, path: str, data: dict[str, Any] | None = None, page: str = "/console/", **options: Any
    ) -> TestResponse:
        """Sends a form with the token that `page` gives."""
        return self.client.post(path, data={"csrf_token": self.token(page), **(data or {})}, **options)

    def token(self, page: str = "/console/") -> str:
        """The token that every form of this browser carries, from a page or from signing in."""
        found = _TOKEN.search(self.client.get(page, follow_redirects=True).get_data(as_text=True))
        assert found, page
        return found[1]


@pytest.fixture
def web(desk: Desk, settings: Settings) -> Flask:
    return make_web(settings, desk.sessions, desk.conversation)[0]


@pytest.fixture
def served(web: Flask) -> Iterator[str]:
    """The address of the application, served on a free port."""
    server = make_server("127.0.0.1", 0, web, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """A window of its own; the test fails where it asked another host for anything or a script of a page failed."""
    context = browser.new_context(base_url=served, locale="ja-JP")
    opened = context.new_page()
    strange: list[str] = []
    context.on("request", lambda asked: None if asked.url.startswith(served) else strange.append(asked.url))
    opened.on("pageerror", lambda error: strange.append(str(error)))
    opened.on("console", lambda said: strange.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert strange == []


def sign_in_page(page: Page, web: Flask, desk: Desk, role: str) -> None:
    """Signs the window in as a role, without the form."""
    signed = Console(web, desk, role).client.get_cookie("console", path="/console/")
    assert signed is not None
    page.goto("/healthz")
    address = page.url.removesuffix("/healthz")
    page.context.add_cookies([{"name": "console", "value": signed.value, "url": f"{address}/console/"}])


def _go_to(page: Page, path: str) -> None:
    """Opens a page; again where Chromium, still busy with the page before, gave the first try up by itself."""
    try:
        page.goto(path)
    except BrowserError as error:
        if "ERR_ABORTED" not in error.message:
            raise
        page.goto(path)


def press(page: Page, key: str, leads_on: bool = True) -> None:
    """A key of the page's script, which listens only when the page is loaded: a key that comes earlier is lost.
    Waits for the page that it leads to, where it does."""
    page.wait_for_load_state()
    if not leads_on:
        page.keyboard.press(key)
        return
    with page.expect_navigation():
        page.keyboard.press(key)


def check_axe(page: Page, path: str = "") -> None:
    """No violation of axe's rules, and nothing wider than the window, at the widths of a phone and of a desk."""
    if path:
        _go_to(page, path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page).response["violations"]
        assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == [], (page.url, width)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (page.url, width)


def plain(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def wait_for(console: Console, path: str, mark: str) -> str:
    """A page, looked at again as a browser does, until it holds a mark."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = console.text(path)
        if mark in text:
            return text
        assert "自動で新しく" in text, plain(text)
        time.sleep(0.1)
    raise AssertionError(plain(text))


def upload(console: Console, name: str, content: bytes, status: int = 303) -> str:
    """Sends a file; its proposal's address, or what is said against it."""
    answer = console.post("/console/import", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    assert answer.status_code == status, plain(answer.get_data(as_text=True))
    return answer.headers["Location"] if status == 303 else plain(answer.get_data(as_text=True))


def form_of(page: str) -> dict[str, Any]:
    ticked = re.findall(r'name="accept" value="([^"]+)"[^>]* checked', page)
    return {"seen": re.findall(r'name="seen" value="([^"]+)"', page), "accept": ticked}


def publish(console: Console, why: str, **more: str) -> Any:
    page = wait_for(console, "/console/publishing", "検査</h2>")
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key, plain(page)
    return console.post("/console/publishing", {"key": key[1], "why": why, **more})


@pytest.fixture
def admin(web: Flask, desk: Desk) -> Console:
    return Console(web, desk, "admin")
