"""What surges is told once and by one process, to where it was set; nothing personal leaves."""

import hashlib
import hmac
import html
import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import insert, select

from bot.alarms.looking import list_alarms
from bot.alarms.models import Alarm, Sending
from bot.models import QuestionLog
from bot.question_log import log_row
from bot.retention import Retention, remove_outdated
from handlers.commands.desk import Desk
from handlers.settings import Settings, SettingsError, read_settings
from handlers.web import make_web
from tests.alarm_servers import Hook, MailServer, Process
from tests.conftest import NOW
from tests.console import Console, check_axe, sign_in_page
from tests.questions.made import make_questions
from tests.servers import Postgres
from tests.test_surges import CUT

FORM = {
    "title": "断水",
    "text": "夕方まで",
    "topics": "断水",
    "starts_at": "2026-11-24T09:00",
    "ends_at": "2026-11-24T18:00",
}


@pytest.fixture
def hook() -> Iterator[Hook]:
    played = Hook()
    yield played
    played.server.shutdown()
    played.server.server_close()


@pytest.fixture
def told(settings: Settings, hook: Hook) -> Settings:
    return replace(settings, alarm_webhook_url=hook.url, alarm_webhook_secret="whisper", digest_hour=23)


def log(desk: Desk, questions: Sequence[str], minutes_ago: float = 30, channel: str = "web", user: str = "") -> None:
    rows = [
        log_row(NOW - timedelta(minutes=minutes_ago), channel, user, q, desk.conversation.answer(q), 1.0)
        for q in questions
    ]
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), rows)
        session.commit()


def alarms(desk: Desk, kind: str = "surge") -> list[Alarm]:
    with desk.sessions() as session:
        return [alarm for alarm in list_alarms(session) if alarm.kind == kind]


def test_a_surge_is_told_once_signed_by_one_process_and_without_texts(desk: Desk, told: Settings, hook: Hook) -> None:
    log(desk, [question for question, _ in make_questions(240)], 60 * 24 * 3)
    log(desk, [*CUT * 7, *(question for question, _ in make_questions(40))])
    process = Process(desk, told)
    assert (process.looks(), Process(desk, told).looks()) == (True, False)
    for minutes in (1, 2, 3, 50):
        assert process.looks(minutes)
    surges = [(headers, body) for headers, body in hook.got if json.loads(body)["kind"] == "surge"]
    ((headers, body),) = surges
    signature = hmac.new(b"whisper", body, hashlib.sha256).hexdigest()
    assert headers["X-Alarm-Signature"] == f"sha256={signature}"
    told_of = json.loads(body)
    assert headers["X-Alarm-Timestamp"] == str(told_of["timestamp"]) == str(int(NOW.timestamp()))
    assert (told_of["facts"]["topic"], told_of["facts"]["count"]) == ("断水", 42)
    assert told_of["facts"]["usual"] < 5
    assert "いつもは" in told_of["text"]
    assert not any(question in body.decode() for question in CUT)
    (alarm,) = alarms(desk)
    assert alarm.last_at == (NOW + timedelta(minutes=3)).replace(tzinfo=None), (
        "its questions are out of the hour by then"
    )
    log(desk, CUT * 7, -180)
    assert process.looks(185)
    assert len(alarms(desk)) == 2, "what comes again after hours is a new surge"


def test_on_a_first_day_no_usual_figure_is_claimed(desk: Desk, told: Settings, hook: Hook) -> None:
    log(desk, CUT * 7)
    Process(desk, told).looks()
    console = Console(make_web(told, desk.sessions, desk.conversation)[0], desk, "viewer")
    for place in ("/console/questions", "/console/alarms"):
        page = console.text(place)
        assert "いつもの件数は分かりません" in page
        assert "いつもは" not in page
    sent = [json.loads(body) for _, body in hook.got]
    assert {one["kind"]: one["facts"]["usual"] for one in sent} == {"surge": None, "unanswered": None}
    assert not any("いつもは" in one["text"] for one in sent)


def test_a_webhook_that_fails_is_tried_again_with_back_off_and_shown(desk: Desk, told: Settings, hook: Hook) -> None:
    log(desk, CUT * 7)
    hook.statuses = [500] * 4  # of two sendings: of the topic, and of the share that is not answered
    tries, process = [], Process(desk, told)
    for minutes in range(6):
        process.looks(minutes)
        (alarm,) = alarms(desk)
        tries.append((alarm.sendings[0].attempts, alarm.sendings[0].state))
    assert tries == [(1, "waiting"), (2, "waiting"), (2, "waiting"), (3, "sent"), (3, "sent"), (3, "sent")]
    assert len([body for _, body in hook.got if json.loads(body)["kind"] == "surge"]) == 1


def test_what_nobody_takes_for_a_day_is_given_up_and_shown(desk: Desk, told: Settings, hook: Hook) -> None:
    hook.server.shutdown()
    hook.server.server_close()
    log(desk, CUT * 7)
    process = Process(desk, told)
    process.looks()
    console = Console(make_web(told, desk.sessions, desk.conversation)[0], desk, "admin")
    page = console.text("/console/alarms")
    assert "つながりませんでした（ConnectionRefusedError）（1 回、次は 10:01）" in page
    assert "whisper" not in page
    assert "送れていない知らせ" in console.text("/console/")
    process.looks(60 * 24 + 1)
    (alarm,) = alarms(desk)
    assert alarm.sendings[0].state == "given_up"


def test_a_mail_is_handed_over_with_its_text(desk: Desk, settings: Settings) -> None:
    server = MailServer()
    port = server.server_address[1]
    mailed = replace(settings, smtp_url=f"smtp://127.0.0.1:{port}", alarm_mail_to="a@example.jp, b@example.jp")
    log(desk, CUT * 7)
    Process(desk, mailed).looks()
    server.shutdown()
    server.server_close()
    from email import message_from_bytes, policy

    mails = [message_from_bytes(got, policy=policy.default) for got in server.got]
    (mail,) = [mail for mail in mails if "断水" in mail["Subject"]]
    assert mail["To"] == "a@example.jp, b@example.jp"
    assert mail["Subject"] == "[大阪市鶴見区 案内係] 「断水」の質問が急に増えています（1時間に 42 件）"
    assert "答えられなかった質問は" in mail.get_body().get_content()


def test_the_day_before_is_told_once_a_day(desk: Desk, told: Settings, hook: Hook) -> None:
    yesterday = 60 * 20
    log(desk, [*["ペンギンの飼い方"] * 4, "田中さんはいますか", "放置自転車追放啓発活動"], yesterday)
    early = replace(told, digest_hour=11)
    process = Process(desk, early)
    assert process.looks()
    assert alarms(desk, "digest") == []
    for minutes in (60, 61, 120):
        assert process.looks(minutes)
    (digest,) = alarms(desk, "digest")
    assert (digest.figures["day"], digest.figures["asked"], digest.figures["answered"]) == ("2026-11-23", 6, 1)
    assert "ペンギン" in digest.figures["words"]
    ((_, body),) = hook.got
    assert json.loads(body)["kind"] == "digest"
    assert "田中" not in body.decode()
    assert process.looks(60 * 24 + 61)
    assert len(alarms(desk, "digest")) == 2


def test_old_alarms_go_with_their_sendings(desk: Desk, told: Settings) -> None:
    log(desk, CUT * 7)
    Process(desk, told).looks()
    remove_outdated(desk.sessions, Retention(1, 1, 1), NOW + timedelta(days=3))
    with desk.sessions() as session:
        assert session.scalars(select(Alarm.id)).all() == session.scalars(select(Sending.id)).all() == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ALARM_WEBHOOK_URL": "https://hooks.example.jp/a"}, "ALARM_WEBHOOK_SECRET"),
        ({"ALARM_WEBHOOK_URL": "ftp://a", "ALARM_WEBHOOK_SECRET": "s"}, "https://"),
        ({"SMTP_URL": "smtp://mail.example.jp"}, "ALARM_MAIL_TO"),
        ({"SMTP_URL": "smtp://mail.example.jp:x", "ALARM_MAIL_TO": "a@b"}, "smtps://"),
        ({"SMTP_URL": "smtp://mail.example.jp", "ALARM_MAIL_TO": "nobody"}, "「,」で区切って"),
        ({"DIGEST_HOUR": "24"}, "0 から 23"),
    ],
)
def test_half_a_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, given: dict[str, str], said: str
) -> None:
    for name, value in {"DATA_DIR": str(tmp_path), **given}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        read_settings()


def test_from_a_surge_to_a_notice_that_answers(page: Page, web: Flask, desk: Desk, settings: Settings) -> None:
    log(desk, CUT * 7)
    Process(desk, settings).looks()
    for place in ("/console/", "/console/questions", "/console/alarms"):
        shown = Console(web, desk, "viewer").text(place)
        assert "「断水」の質問が急に増えています" in shown.split("<table")[0]
        assert "答えられない質問が急に増えています" in shown.split("<table")[0]
        assert shown.count(">質問を見る</a>") == 2
    seen = re.findall(r'href="(/console/questions/log[^"]+)"', shown)
    assert sorted(urlsplit(html.unescape(place)).query for place in seen) == [
        "since=2026-11-24&answered=no", f"since=2026-11-24&words={quote('断水')}"
    ]  # fmt: skip
    assert all("うちも断水？" in Console(web, desk, "viewer").text(html.unescape(place)) for place in seen)
    assert "公開のできる人" in Console(web, desk, "operator").text("/console/questions")
    sign_in_page(page, web, desk, "admin")
    check_axe(page, "/console/")
    check_axe(page, "/console/questions")
    check_axe(page, "/console/alarms")
    page.goto("/console/questions")
    page.get_by_role("link", name="「断水」のお知らせを出す").click()
    page.locator("#title").fill("断水のお知らせ")
    page.locator("#text").fill("夕方に復旧します。")
    page.get_by_role("button", name="公開する").click()
    page.get_by_text("お知らせを公開しました").wait_for()
    assert desk.conversation.board
    desk.conversation.board._looked = -1.0
    assert "夕方に復旧します" in desk.conversation.answer("うちも断水？").text
    page.goto("/console/questions")
    page.get_by_text("お知らせ「断水のお知らせ」を出しています").wait_for()
    assert page.get_by_role("link", name="質問を見る").count() == 2, "with a notice too"
    check_axe(page)


def test_a_trial_is_sent_to_every_way(desk: Desk, told: Settings, hook: Hook) -> None:
    console = Console(make_web(told, desk.sessions, desk.conversation)[0], desk, "admin")
    assert "Webhook（127.0.0.1）" in console.text("/console/alarms")
    assert console.post("/console/alarms/try").status_code == 303
    Process(desk, told).looks()
    assert "trial" in [json.loads(body)["kind"] for _, body in hook.got]


def test_on_postgresql_one_of_many_processes_looks_and_times_are_the_wards(
    settings: Settings, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Desk, "now", lambda self: NOW)
    server = Postgres()
    try:
        told = replace(
            settings,
            database_url=server.url,
            alarm_webhook_url=hook.url,
            alarm_webhook_secret="whisper",
            digest_hour=23,
        )
        desk = Desk(told)
        log(desk, CUT * 7)
        with desk.sessions() as session:
            assert session.scalars(select(QuestionLog.asked_at)).first() == datetime(2026, 11, 24, 9, 30)
        web = make_web(told, desk.sessions, desk.conversation)[0]
        assert Console(web, desk, "approver").post("/console/notices/new", FORM).status_code == 303
        assert desk.conversation.board
        desk.conversation.board._looked = -1.0
        assert "夕方まで" in desk.conversation.answer("断水いつまで").text
        processes = [Process(desk, told) for _ in range(6)]
        ran: list[bool] = []
        threads = [threading.Thread(target=lambda one=one: ran.append(one.looks())) for one in processes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ran) == [False] * 5 + [True]
        assert len([body for _, body in hook.got if json.loads(body)["kind"] == "surge"]) == 1
        desk.engine.dispose()
    finally:
        server.close()
