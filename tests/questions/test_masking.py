"""What would tell who wrote a question is not stored; what the ward needs to know stays."""

import json
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.models import QuestionLog
from bot.redaction import mask_personal_data
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.exchange import SHIPPED, shipped_document

LINES = Path(__file__).with_name("personal_data.jsonl").read_text(encoding="utf-8").splitlines()


def test_personal_data_in_invented_messages_is_masked() -> None:
    lines = [json.loads(line) for line in LINES]
    found = [(item, mask_personal_data(line["q"])) for line in lines for item in line["pii"]]
    missed = [(item, masked) for item, masked in found if item.removesuffix("さん") in masked]
    assert len(found) > 140
    assert len(missed) / len(found) <= 0.05, missed


def test_ordinary_questions_are_left_alone() -> None:
    topics = json.loads((SHIPPED / "outside_topics.json").read_text(encoding="utf-8"))
    ordinary = {q for topic in topics for q in topic["examples"]}
    ordinary |= {q for entry in shipped_document().entries for q in entry.examples}
    altered = [q for q in ordinary if mask_personal_data(q) != q]
    assert len(altered) / len(ordinary) <= 0.005, altered


@given(st.text(max_size=60))
@hypothesis.settings(max_examples=150, deadline=None)
def test_any_text_is_masked_without_an_error(text: str) -> None:
    assert mask_personal_data("") == ""
    mask_personal_data(text)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("06-6915-9173 って何課?", "06-6915-9173 って何課?"),
        ("０９０ー１２３４ー５６７８に電話して", "〔電話〕に電話して"),
        ("0120-000-111 にかけた", "0120-000-111 にかけた"),
        ("横堤5丁目4番19号の区役所", "横堤5丁目4番19号の区役所"),
        ("2026年11月3日の訓練は④番窓口?", "2026年11月3日の訓練は④番窓口?"),
        ("令和8年4月1日からの制度", "令和8年4月1日からの制度"),
        ("田中さんと1950年1月2日生まれの母", "〔名前〕さんと〔生年月日〕生まれの母"),
    ],
)
def test_what_is_public_stays(written: str, stored: str) -> None:
    assert mask_personal_data(written, ["06-6915-9173"], "大阪市鶴見区横堤5丁目4番19号") == stored


def test_the_log_holds_only_what_is_masked(desk: Desk, settings: Settings) -> None:
    client = make_web(settings, desk.sessions, desk.conversation)[0].test_client()
    client.post("/api/ask", json={"question": "山田花子です。090-1234-5678 へ。06-6915-9986 は防災の電話?"})
    with desk.sessions() as session:
        (stored,) = session.scalars(select(QuestionLog.question))
    assert "山田" not in stored
    assert "1234" not in stored
    assert stored.startswith("〔名前〕です。〔電話〕 へ。")
