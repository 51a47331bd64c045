"""Every page and form of the console against every role and nobody: who may, who is refused, who is sent to sign in."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.routing import AnyConverter, Rule

from handlers.commands.desk import Desk
from knowledge.models import WordRow
from knowledge.notices import NoticeRow
from tests.console import Console, check_axe, sign_in_page

# Who has a permission. An editor drafts, an approver publishes, an admin does both and manages accounts.
MAY = {
    "view": {"viewer", "operator", "editor", "approver", "admin"},
    "operate": {"operator", "editor", "approver", "admin"},
    "draft": {"editor", "admin"},
    "publish": {"approver", "admin"},
    "manage": {"admin"},
    "": {"", "viewer", "operator", "editor", "approver", "admin"},
}
# What each route asks for, by its endpoint; "" is there before signing in. A route without a row fails.
ROUTES = {
    "accounts.account": "manage",
    "accounts.add": "manage",
    "accounts.link": "manage",
    "accounts.lock": "manage",
    "accounts.page": "manage",
    "accounts.role": "manage",
    "accounts.unlock": "manage",
    "alarms.page": "view",
    "alarms.send_trial": "manage",
    "home.page": "view",
    "knowledge.add": "draft",
    "knowledge.begin": "draft",
    "knowledge.begin_from_questions": "draft",
    "knowledge.begin_year": "draft",
    "knowledge.bulk": "draft",
    "knowledge.delete": "draft",
    "knowledge.edit_bulk": "draft",
    "knowledge.entries": "view",
    "knowledge.history": "view",
    "knowledge.history_of": "view",
    "knowledge.next_year": "draft",
    "knowledge.offices": "view",
    "knowledge.plans": "view",
    "knowledge.save": "draft",
    "knowledge.show": "view",
    "knowledge.undo": "draft",
    "knowledge.words": "view",
    "notices.begin": "publish",
    "notices.change": "publish",
    "notices.end": "publish",
    "notices.page": "view",
    "notices.publish": "publish",
    "notices.shown": "view",
    "passwords.first": "",
    "passwords.link": "",
    "passwords.own": "view",
    "questions.cluster": "view",
    "questions.decide": "operate",
    "questions.export": "operate",
    "questions.log": "view",
    "questions.add_test": "draft",
    "questions.draw": "operate",
    "questions.judge": "operate",
    "questions.part": "operate",
    "questions.preview": "operate",
    "questions.question": "view",
    "questions.sample": "view",
    "questions.samples": "view",
    "questions.undo": "operate",
    "questions.waiting": "view",
    "release.answer_trial": "view",
    "release.check": "view",
    "release.decide": "draft",
    "release.export": "view",
    "release.go_back": "publish",
    "release.imports": "view",
    "release.proposal": "view",
    "release.publish": "publish",
    "release.publishing": "view",
    "release.release": "view",
    "release.releases": "view",
    "release.remove": "draft",
    "release.save": "draft",
    "release.test_questions": "view",
    "release.trial": "view",
    "release.upload": "draft",
    "sign_in.out": "view",
    "sign_in.page": "",
    "statistics.page": "view",
    "statistics.report": "view",
    "statistics.scores": "view",
    "statistics.table": "view",
}


def console_rules(web: Flask) -> Iterator[Rule]:
    return (rule for rule in web.url_map.iter_rules() if rule.rule.startswith("/console"))


def addresses_of(web: Flask, rule: Rule, row: int = 1) -> list[str]:
    """Where a route is found: a row of each kind that it serves, the first where no other is asked for."""
    method = next(iter((rule.methods or set()) - {"OPTIONS", "HEAD"}))
    kinds = [sorted(rule._converters[name].items) if isinstance(rule._converters[name], AnyConverter) else [row]
             for name in sorted(rule.arguments)]  # fmt: skip
    build = web.url_map.bind("localhost").build
    return [build(rule.endpoint, dict(zip(sorted(rule.arguments), values, strict=True)), method)
            for values in product(*kinds)]  # fmt: skip


def test_every_route_asks_for_a_permission(web: Flask) -> None:
    asked = {}
    for rule in console_rules(web):
        permission = getattr(web.view_functions[rule.endpoint], "permission", "missing")
        asked[rule.endpoint] = "" if permission is None else permission
    assert asked == ROUTES


@pytest.mark.parametrize("role", sorted(MAY[""]))
def test_every_route_for_a_role(web: Flask, desk: Desk, role: str) -> None:
    console = Console(web, desk, role)
    token = console.token()
    wrong = []
    for rule in console_rules(web):
        permission = ROUTES[rule.endpoint]
        methods = sorted((rule.methods or set()) & {"GET", "POST"})
        for method, address in product(methods, addresses_of(web, rule)):
            console.sign_in_again()
            data = {"csrf_token": token} if method == "POST" else None
            answer = console.client.open(address, method=method, data=data)
            sent_away = answer.status_code == 303 and answer.headers["Location"].startswith("/console/sign-in?next=")
            came = "signs in" if sent_away else "refused" if answer.status_code == 403 else "seen"
            due = "seen" if role in MAY[permission] else "refused" if role else "signs in"
            if came != due or answer.status_code >= 500:
                wrong.append((method, address, answer.status_code, due))
            answer.close()
    assert wrong == []


@pytest.mark.parametrize("digits", ["2147483648", "9" * 23, "9" * 5000])
def test_a_number_that_no_row_can_have_is_no_address(web: Flask, desk: Desk, digits: str) -> None:
    console, row = Console(web, desk, "admin"), 123454321
    numbered = [rule for rule in console_rules(web) if "<int:" in rule.rule and "GET" in (rule.methods or set())]
    for address in [address for rule in numbered for address in addresses_of(web, rule, row)]:
        assert console.get(address.replace(str(row), digits)).status_code == 404, address
    assert len(numbered) >= 10


@pytest.mark.parametrize("number", ["9" * 23, "9" * 5000, "²", "-1", "1_0"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_number_that_somebody_writes_is_a_fault(web: Flask, desk: Desk, number: str, method: str) -> None:
    console = Console(web, desk, "admin")
    names = ("page", "before", "plan", "office", "entry", "change", "version", "began", "number", "part", "do",
             "plan_id", "office_id")  # fmt: skip
    given, token = dict.fromkeys(names, number), console.token()
    for rule in console_rules(web):
        for address in addresses_of(web, rule) if method in (rule.methods or set()) else ():
            console.sign_in_again()
            sent = {"query_string": given} if method == "GET" else {"data": given | {"csrf_token": token}}
            answer = console.client.open(address, method=method, **sent)
            assert answer.status_code < 500, address
            answer.close()


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "1969-12-31", "3000-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_days_that_no_log_has_are_refused(web: Flask, desk: Desk, day: str, name: str) -> None:
    console = Console(web, desk, "admin")
    for place in (
        "statistics",
        "statistics/table.csv",
        "statistics/report",
        "questions/log",
        "questions/log/export.csv",
    ):
        refused = console.get(f"/console/{place}", query_string={name: day})
        assert refused.status_code == 422, place
        assert "1970-01-01 から 2999-12-31" in refused.get_data(as_text=True)
    for edge in ("1970-01-01", "2999-12-31"):
        console.text("/console/questions/log", query_string={name: edge})
    console.text("/console/statistics/report", query_string={"since": "1970-01-01", "until": "1970-01-01"})
    console.text("/console/statistics/report", query_string={"since": "2999-12-31", "until": "2999-12-31"})


def test_every_page_for_axe(page: Page, web: Flask, desk: Desk) -> None:
    sign_in_page(page, web, desk, "admin")
    look = Console(web, desk, "admin")
    seen = []
    with desk.sessions() as session:
        session.add(WordRow(word="ちゃりんこ", official="自転車"))
        day = datetime(2026, 11, 24)
        session.add(
            NoticeRow(title="断水", text="夕方まで", topics=["断水"], starts_at=day, ends_at=day + timedelta(days=1))
        )
        session.commit()
    web.test_client().post("/answer", data={"q": "ペンギンの飼い方を知りたい"})
    look.text("/console/questions")  # files it
    look.post("/console/questions/samples/draw")
    paths = [
        path for rule in console_rules(web) if "GET" in (rule.methods or set()) for path in addresses_of(web, rule)
    ]
    for path in paths:
        answer = look.get(path)
        while "Refresh" in answer.headers:  # a page that loads itself again is looked at when its work is done
            time.sleep(0.2)
            answer = look.get(path)
        is_page = answer.mimetype == "text/html"
        assert answer.status_code in {200, 303} or "/console/first/" in path or "/console/link/" in path, path
        answer.close()
        if is_page:
            check_axe(page, path)
            seen.append(path)
    assert len(seen) >= 20
