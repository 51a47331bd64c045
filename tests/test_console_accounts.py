"""Accounts: the first by a link, others invited, changed and locked; every act on record."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.accounts import add_account, list_acts, lock_account
from knowledge.accounts.models import Account
from tests.conftest import NOW
from tests.console import Console, check_axe
from tests.test_console_access import PASSWORD, sign_in

OTHER = "あたらしいながいパスワード"
BOTH = {"password": OTHER, "again": OTHER}


def account(desk: Desk, name: str) -> Account:
    with desk.sessions() as session:
        return session.query(Account).filter_by(name=name).one()


def add(desk: Desk, name: str, role: str) -> int:
    with desk.sessions() as session:
        number = add_account(session, name, role, PASSWORD, desk.now()).id
        session.commit()
    return number


def acts_of(desk: Desk, name: str) -> list[tuple[str, str]]:
    with desk.sessions() as session:
        return [(act.what, act.who) for act, of in list_acts(session) if of == name]


def link_in(page: str) -> str:
    found = re.search(r"http://localhost(/console/link/[\w-]+)", page)
    assert found
    return found[1]


def test_the_first_account_is_made_by_the_newest_link_once(web: Flask, desk: Desk) -> None:
    old, path = desk.first_account_link(), desk.first_account_link()
    assert old
    assert path
    console = Console(web, desk, "")
    assert console.get(old).status_code == 422
    different = console.post(path, {"name": "taro", "password": OTHER, "again": PASSWORD}, path)
    assert "二つの新しいパスワードが違います" in different.get_data(as_text=True)
    assert console.post(path, {"name": "taro", **BOTH}, path).location == "/console/"
    assert "アカウント" in console.text("/console/accounts")
    assert Console(web, desk, "").get(path).status_code == 422
    assert desk.first_account_link() is None
    assert acts_of(desk, "taro") == [("追加（管理者）", "taro")]


def test_a_link_ends_after_a_day_and_its_text_is_kept_nowhere(
    web: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.first_account_link()
    assert path
    held = path.rsplit("/", 1)[1].encode()
    assert not [file for file in desk.settings.data_dir.glob("desk.sqlite3*") if held in file.read_bytes()]
    monkeypatch.setattr(desk.conversation, "clock", lambda: NOW + timedelta(hours=25))
    assert Console(web, desk, "").get(path).status_code == 422


def test_an_invited_person_sets_the_password_and_a_reset_ends_the_old_one(web: Flask, desk: Desk) -> None:
    admin = Console(web, desk, "admin")
    path = link_in(admin.post("/console/accounts", {"name": "jiro", "role": "editor"}).get_data(as_text=True))
    assert sign_in(Console(web, desk, ""), "jiro", "").status_code == 401
    jiro = Console(web, desk, "")
    assert jiro.post(path, BOTH, path).location == "/console/"
    assert jiro.get("/console/").status_code == 200
    assert Console(web, desk, "").get(path).status_code == 422, "a link works once"
    number = account(desk, "jiro").id
    path = link_in(admin.post(f"/console/accounts/{number}/link").get_data(as_text=True))
    again = Console(web, desk, "")
    assert again.post(path, {"password": PASSWORD, "again": PASSWORD}, path).status_code == 303
    assert jiro.get("/console/").status_code == 303, "a new password ends the sessions of the old one"
    assert sign_in(Console(web, desk, ""), "jiro", OTHER).status_code == 401
    assert sign_in(Console(web, desk, ""), "jiro", PASSWORD).status_code == 303
    assert acts_of(desk, "jiro")[::-1] == [
        ("追加（編集）", "admin"), ("パスワードを設定", "jiro"),
        ("パスワード設定のリンクを発行", "admin"), ("パスワードを設定", "jiro"),
    ]  # fmt: skip


def test_a_name_is_one_name_however_its_blank_was_typed(web: Flask, desk: Desk) -> None:
    admin = Console(web, desk, "admin")
    path = link_in(admin.post("/console/accounts", {"name": " 鶴見　花子 ", "role": "editor"}).get_data(as_text=True))
    assert Console(web, desk, "").post(path, BOTH, path).status_code == 303
    assert sign_in(Console(web, desk, ""), "鶴見 花子", OTHER).status_code == 303
    assert sign_in(Console(web, desk, ""), "鶴見　花子", OTHER).status_code == 303
    for name, said in (
        ("鶴見 花子", "もう使われています"),
        ("花子<b>!", "「&lt;&gt;!」は使えません"),
        ("花" * 65, "64 文字まで"),
    ):
        answer = admin.post("/console/accounts", {"name": name, "role": "editor"})
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)


def test_ones_own_password_asks_the_old_one(web: Flask, desk: Desk) -> None:
    add(desk, "hanako", "editor")
    here, there = Console(web, desk, ""), Console(web, desk, "")
    for console in (here, there):
        sign_in(console, "hanako", PASSWORD)
    wrong = here.post("/console/password", {"old": "x", **BOTH})
    assert "いまのパスワードが違います" in wrong.get_data(as_text=True)
    short = here.post("/console/password", {"old": PASSWORD, "password": "short", "again": "short"})
    assert "12 文字以上" in short.get_data(as_text=True)
    assert here.post("/console/password", {"old": PASSWORD, **BOTH}).status_code == 303
    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 303


def test_locking_signs_out_and_the_last_admin_stays(web: Flask, desk: Desk) -> None:
    first = add(desk, "taro", "admin")
    taro = Console(web, desk, "")
    sign_in(taro, "taro", PASSWORD)
    Console(web, desk, "admin")  # an admin who never set a password cannot take over

    def said(path: str, data: dict[str, Any] | None = None) -> str:
        return str(taro.post(path, data, follow_redirects=True).get_data(as_text=True))

    assert "使える管理者がほかにいません" in said(f"/console/accounts/{first}/lock")
    assert "使える管理者がほかにいません" in said(f"/console/accounts/{first}/role", {"role": "viewer"})
    second = add(desk, "hanako", "admin")
    hanako = Console(web, desk, "")
    sign_in(hanako, "hanako", PASSWORD)
    assert "ロックしました" in said(f"/console/accounts/{second}/lock")
    assert hanako.get("/console/").status_code == 303
    assert sign_in(Console(web, desk, ""), "hanako", PASSWORD).status_code == 401
    assert "ロック中のアカウントです" in said(f"/console/accounts/{second}/link")
    assert "ロックを解除しました" in said(f"/console/accounts/{second}/unlock")
    assert "役割を変更しました" in said(f"/console/accounts/{second}/role", {"role": "viewer"})
    assert "役割は" in said(f"/console/accounts/{second}/role", {"role": "king"})
    assert [what for what, _ in acts_of(desk, "hanako")] == [
        "役割を 管理者 から 閲覧 に変更", "ロックを解除", "ロック", "追加（管理者）",
    ]  # fmt: skip
    with desk.sessions() as session, pytest.raises(KnowledgeError, match="このアカウントはありません"):
        lock_account(session, 999, NOW, "taro")


def test_a_new_colleague_in_a_browser(page: Page, desk: Desk) -> None:
    path = desk.first_account_link()
    assert path
    page.goto(path)
    check_axe(page)
    page.get_by_label("名前").fill("taro")
    for label in ("新しいパスワード 必須", "新しいパスワード（もう一度）"):
        page.get_by_label(label).fill(OTHER)
    page.get_by_role("button", name="作る").click()
    page.get_by_role("link", name="アカウント").click()
    page.get_by_label("名前").fill("jiro")
    page.get_by_role("button", name="追加して").click()
    link = page.get_by_label("リンク").input_value()
    page.get_by_role("link", name="アカウントの一覧へ").click()
    page.get_by_role("link", name="jiro", exact=True).click()
    page.get_by_text("ロックする").first.click()
    check_axe(page)
    page.get_by_role("button", name="ロックする").click()
    page.get_by_text("ロックしました").wait_for()
    page.goto(link)
    page.get_by_text("このリンクは使えません").wait_for()
