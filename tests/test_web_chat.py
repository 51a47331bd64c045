"""The page without its script, and the piece that the script fetches."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot import wording
from bot.models import QuestionLog
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web


@pytest.fixture
def client(desk: Desk, settings: Settings) -> Any:
    return make_web(settings, desk.sessions, desk.conversation)[0].test_client()


def page(client: Any, question: str, path: str = "/") -> str:
    answer = client.post(path, data={"q": question})
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def without_key(text: str) -> str:
    """The page without what names this very answer."""
    return re.sub('name="key" value="[0-9a-f]+"', "", text)


def test_the_page_always_says_what_is_not_for_here(client: Any) -> None:
    assert wording.SAFETY in client.get("/").get_data(as_text=True)
    assert wording.SAFETY in page(client, "防災訓練")


def test_an_answer_is_the_same_with_and_without_script(client: Any) -> None:
    piece = without_key(page(client, "放置自転車追放啓発活動", "/answer"))
    assert piece.strip() in without_key(page(client, "放置自転車追放啓発活動"))
    assert 'href="tel:0669159173"' in piece
    assert "4階 ④番窓口" in piece
    assert "2024年3月31日で終わっています" in piece


def test_nothing_that_a_resident_writes_is_interpreted(client: Any) -> None:
    text = page(client, "<img src=x onerror=alert(1)>防災訓練\u202e\u0000{{ 7*7 }}")
    text = without_key(text)
    assert "<img" not in text
    assert "&lt;img" in text
    assert "49" not in text


@pytest.mark.parametrize("question", ["", "   ", "😀", "あ" * 10_000, "'; DROP TABLE entry; --", "\u200b\u202e"])
def test_odd_messages_get_a_helpful_line(client: Any, question: str) -> None:
    assert "こちらの窓口でお聞きください" in page(client, question)


def test_what_is_no_letter_is_answered_and_logged(client: Any, desk: Desk) -> None:
    assert client.post("/api/ask", json={"question": "\ud800"}).status_code == 200
    assert client.post("/api/ask", json={"question": "\udfff防災訓練\0"}).json["answered"]
    with desk.sessions() as session:
        assert session.scalars(select(QuestionLog.question)).all() == ["\ufffd", "\ufffd防災訓練\ufffd"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"7"])
def test_what_is_no_question_is_refused(client: Any, body: bytes) -> None:
    assert client.post("/api/ask", data=body, content_type="application/json").status_code == 400
    assert client.post("/api/ask", data=b'{"question": "x"}', content_type="text/plain").status_code == 400


def test_an_emergency_stands_out_and_dials(client: Any) -> None:
    text = page(client, "家が燃えてる", "/answer")
    assert 'class="dial alarm-dial" href="tel:119"' in text
    assert "取組" not in text


def test_an_answer_to_what_may_be_an_emergency_says_whom_to_call(client: Any) -> None:
    text = page(client, "上の部屋から、泣き声と怒鳴り声が毎晩聞こえます。子どもが心配です", "/answer")
    assert text.count("189（児童相談所") == 1
    assert 'class="caution"' in text


def test_questions_of_one_visit_stand_together_under_a_name_that_tells_nobody(desk: Desk, settings: Settings) -> None:
    web = make_web(settings, desk.sessions, desk.conversation)[0]
    one, another, program = (web.test_client() for _ in range(3))
    answer = one.post("/", data={"q": "放置自転車"})
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Expires" not in answer.headers["Set-Cookie"]  # forgotten with the browser
    assert "Set-Cookie" not in one.post("/answer", data={"q": "駅前の自転車"}).headers
    another.post("/answer", data={"q": "防災訓練"})
    assert "Set-Cookie" not in program.post("/api/ask", json={"question": "防災訓練"}).headers
    with desk.sessions() as session:
        first, second, third, asked = session.scalars(select(QuestionLog.user).order_by(QuestionLog.id)).all()
    assert first == second != third != ""
    assert asked == ""
    assert first not in answer.headers["Set-Cookie"]


def test_the_rate_limit_is_of_each_client(desk: Desk, settings: Settings) -> None:
    client = make_web(replace(settings, ask_rate_limit="2 per minute"), desk.sessions, desk.conversation)[
        0
    ].test_client()
    for _ in range(3):
        assert client.get("/").status_code == client.post("/feedback/piece", data={"key": "x"}).status_code == 200
    asked = {"json": {"question": "防災訓練"}}, {"data": {"q": "防災訓練"}}
    ways = (("/api/ask", asked[0]), ("/answer", asked[1]), ("/", asked[1]), ("/answer", asked[1]))
    assert [client.post(path, **what).status_code for path, what in ways] == [200, 200, 429, 429]  # type: ignore[arg-type]
    assert client.post("/api/ask", json={}, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 400


def test_the_page_needs_nothing_from_elsewhere(client: Any) -> None:
    answer = client.get("/")
    text = answer.get_data(as_text=True)
    assert "http" not in text
    assert "<script>" not in text
    assert "style=" not in text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    for name in ("chat.css", "chat.js", "icon.svg"):
        assert client.get(f"/static/{name}").status_code == 200
