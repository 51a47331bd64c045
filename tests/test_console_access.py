"""Signing in, and what is seen before and after."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from playwright.sync_api import Page

from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.accounts import add_account
from knowledge.accounts.models import Account, SignInFailure
from knowledge.accounts.passwords import _nobodys, hash_is_outdated
from knowledge.accounts.signing_in import waiting_time
from tests.conftest import NOW, WARD
from tests.console import Console, check_axe, sign_in_page

PASSWORD = "とてもながいパスワード123"


@pytest.fixture
def hanako(desk: Desk) -> str:
    with desk.sessions() as session:
        add_account(session, "hanako", "editor", PASSWORD, desk.now())
        session.commit()
    return "hanako"


def sign_in(console: Console, name: str, password: str, **options: Any) -> Any:
    return console.post("/console/sign-in", {"name": name, "password": password}, "/console/sign-in", **options)


def test_nothing_is_shown_before_signing_in(web: Flask, desk: Desk, hanako: str) -> None:
    console = Console(web, desk, "")
    answer = console.get("/console/?page=2")
    assert (answer.status_code, answer.location) == (303, "/console/sign-in?next=/console/?page%3D2")
    assert "メニュー" not in console.text("/console/sign-in")
    assert sign_in(console, hanako, PASSWORD).location == "/console/"
    page = console.text("/console/")
    assert "hanako" in page
    assert "公開版 1" in page


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/console\\evil", "/console/\t", "/"])
def test_signing_in_leads_nowhere_else(web: Flask, desk: Desk, hanako: str, target: str) -> None:
    form = {"name": hanako, "password": PASSWORD, "next": target}
    assert Console(web, desk, "").post("/console/sign-in", form, "/console/sign-in").location == "/console/"


def test_failures_slow_an_account_for_all_processes(
    web: Flask, desk: Desk, settings: Settings, hanako: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(web, desk, "")
    for name in (*[hanako] * 5, "nobody"):
        assert "名前かパスワードが違います。" in sign_in(console, name, "x" * 12).get_data(as_text=True)
    other = Console(make_web(settings, desk.sessions, desk.conversation)[0], desk, "")
    refused = sign_in(other, hanako, PASSWORD, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert refused.status_code == 401
    assert "15 秒ほどたってから" in refused.get_data(as_text=True)
    monkeypatch.setattr(desk.conversation, "clock", lambda: NOW + timedelta(seconds=16))
    assert sign_in(other, hanako, PASSWORD).status_code == 303
    with desk.sessions() as session:
        assert hanako not in str([row.id for row in session.query(SignInFailure)])


def test_every_name_costs_the_same_work(web: Flask, desk: Desk, hanako: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of an answer would tell which names there are."""
    with desk.sessions() as session:
        add_account(session, "locked", "editor", PASSWORD, desk.now()).locked = True
        session.add(Account(name="invited", role="editor", password="", created_at=NOW.replace(tzinfo=None)))
        session.commit()
    _nobodys.cache_clear()  # as after a start
    done: list[str] = []
    for name in ("verify", "hash"):
        real = getattr(PasswordHasher, name)

        def counted(self: PasswordHasher, *given: Any, name: str = name, real: Any = real) -> Any:
            done.append(name if name == "hash" else f"verify at {extract_parameters(given[0]).memory_cost} KiB")
            return real(self, *given)

        monkeypatch.setattr(PasswordHasher, name, counted)
    sign_in(Console(web, desk, ""), hanako, "x" * 12)
    assert done.pop(0) == "hash", "what no password fits is made for whoever comes first"
    console, work = Console(web, desk, ""), list(done)
    assert work == [f"verify at {PasswordHasher().memory_cost} KiB"]
    for name, password in ((hanako, "y" * 12), ("nobody", "x" * 12), ("locked", PASSWORD), ("invited", "")):
        done.clear()
        assert sign_in(console, name, password).status_code == 401
        assert done == work, name
    done.clear()
    _nobodys.cache_clear()
    sign_in(console, "nobody", "x" * 12)
    assert done == ["hash", *work]


def test_a_weak_hash_is_made_anew_when_its_password_was_right(web: Flask, desk: Desk, hanako: str) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)

    def kept() -> str:
        with desk.sessions() as session:
            return session.query(Account).filter_by(name=hanako).one().password

    with desk.sessions() as session:
        session.query(Account).filter_by(name=hanako).one().password = weak
        session.commit()
    assert sign_in(Console(web, desk, ""), hanako, "x" * 12).status_code == 401
    assert kept() == weak
    assert sign_in(Console(web, desk, ""), hanako, PASSWORD).status_code == 303
    strong = kept()
    assert not hash_is_outdated(strong)
    assert sign_in(Console(web, desk, ""), hanako, PASSWORD).status_code == 303
    assert kept() == strong, "once is enough"


def test_in_a_small_ward_one_person_does_both(desk: Desk, settings: Settings, tmp_path: Path) -> None:
    profile = tmp_path / "small.toml"
    text = WARD.read_text(encoding="utf-8")
    profile.write_text(text.replace("one_person_may_do_both = false", "one_person_may_do_both = true"), "utf-8")
    small = replace(settings, ward_profile=profile)
    for chosen, allowed in ((settings, False), (small, True)):
        web = make_web(chosen, desk.sessions, Desk(chosen).conversation)[0]
        editor, approver = Console(web, desk, "editor"), Console(web, desk, "approver")
        assert editor.post("/console/releases/1/return").status_code == (303 if allowed else 403)
        assert (approver.get("/console/knowledge/entry/new").status_code == 200) == allowed
        assert ("下書きに保存する" in approver.text("/console/knowledge/office/1")) == allowed
        for role in ("viewer", "operator"):
            other = Console(web, desk, role)
            assert other.post("/console/releases/1/return").status_code == 403
            assert other.get("/console/knowledge/entry/new").status_code == 403
        assert editor.get("/console/accounts").status_code == 403


def test_failures_slow_an_address_whatever_the_names(web: Flask, desk: Desk, hanako: str) -> None:
    with desk.sessions() as session:
        session.add(SignInFailure(id="5e7c", failures=0, last_at=0))
        session.commit()
    console = Console(web, desk, "")
    sign_in(console, "somebody", "x")
    with desk.sessions() as session:
        for row in session.query(SignInFailure):
            row.failures, row.last_at = 20 if row.failures else 0, int(NOW.timestamp())
        session.commit()
    assert "お待ち" in sign_in(console, hanako, PASSWORD).get_data(as_text=True)
    assert sign_in(console, hanako, PASSWORD, environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 303


def test_waiting_grows_to_a_quarter_of_an_hour() -> None:
    assert [waiting_time(n, 5) for n in (0, 4, 5, 6, 7, 11, 1000)] == [0, 0, 15, 30, 60, 900, 900]


def test_a_session_ends_when_idle_locked_or_signed_out(web: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(web, desk, "viewer")
    for minutes in (50, 100, 150):
        monkeypatch.setattr(desk.conversation, "clock", lambda m=minutes: NOW + timedelta(minutes=m))
        assert console.get("/console/").status_code == 200
    monkeypatch.setattr(desk.conversation, "clock", lambda: NOW + timedelta(minutes=211))
    assert console.get("/console/").status_code == 303
    console = Console(web, desk, "viewer")
    cookie = console.client.get_cookie("console", path="/console/")
    assert cookie is not None
    assert console.post("/console/sign-out").status_code == 303
    console.client.set_cookie("console", cookie.value, path="/console/")
    assert console.get("/console/").status_code == 303, "a copied cookie outlives signing out"
    console = Console(web, desk, "viewer")
    with desk.sessions() as session:
        session.query(Account).filter_by(name="viewer").one().locked = True
        session.commit()
    assert console.get("/console/").status_code == 303


def test_a_form_of_elsewhere_is_refused(web: Flask, desk: Desk) -> None:
    console = Console(web, desk, "viewer")
    answer = console.client.post("/console/sign-out")
    assert answer.status_code == 400
    assert "有効期限" in answer.get_data(as_text=True)
    assert console.get("/console/").status_code == 200
    assert console.client.post("/api/ask", json={"question": "防災訓練"}).status_code == 200


def test_cookies_and_headers_keep_the_console_private(web: Flask, desk: Desk, hanako: str) -> None:
    plain, proxied = Console(web, desk, ""), Console(web, desk, "")
    cookie = sign_in(plain, hanako, PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    page = proxied.get("/console/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in plain.get("/").headers


def test_the_address_behind_a_proxy_is_counted(desk: Desk, settings: Settings) -> None:
    web = make_web(replace(settings, trusted_proxies=1), desk.sessions, desk.conversation)[0]
    for address in ("10.0.0.1", "10.0.0.2"):
        sign_in(Console(web, desk, ""), "nobody", "x", headers={"X-Forwarded-For": address})
    with desk.sessions() as session:
        assert sorted(row.failures for row in session.query(SignInFailure)) == [1, 1, 2]


def test_errors_are_pages_that_help(web: Flask, desk: Desk) -> None:
    console = Console(web, desk, "viewer")
    missing = console.get("/console/nothing")
    assert missing.status_code == 404
    assert "このページはありません" in missing.get_data(as_text=True)
    assert "案内係にもどる" in console.get("/nothing").get_data(as_text=True)
    assert console.client.get("/api/ask").get_json()["error"]


def test_signing_in_in_a_browser(page: Page, web: Flask, desk: Desk, hanako: str) -> None:
    page.goto("/console/")
    check_axe(page)
    page.get_by_label("名前").fill(hanako)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="ホーム").wait_for()
    check_axe(page)
    page.get_by_role("button", name="サインアウト").click()
    page.get_by_text("サインアウトしました").wait_for()
    sign_in_page(page, web, desk, "admin")
    check_axe(page, "/console/")
