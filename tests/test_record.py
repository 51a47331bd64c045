"""The log is found by anything that is known of it, whatever was followed before, and leaves in constant memory."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, func, insert, select, update

from bot.events import MessageTakenBack
from bot.inbox.storing import store_deliveries
from bot.models import QuestionLog
from bot.record.export import export_questions, stream_export
from bot.record.following import follow_log
from bot.record.models import LogPosting, LogProgress
from bot.record.postings import forget_words
from bot.record.search import LogPage, search_log
from bot.record.terms import LogFilter, words_of
from bot.record.workbook import stream_workbook
from bot.review.filing import Filer
from bot.review.models import ClusterWording, QuestionCluster
from handlers.commands.desk import Desk
from tests.conftest import NOW
from tests.console import Console
from tests.log_maker import make_log

TODAY = date(2026, 11, 24)
cut = cache(words_of)


def ids(page: LogPage) -> list[int]:
    return [row.id for row in page.rows]


def fits(row: QuestionLog, wanted: LogFilter) -> bool:
    """The same search, said plainly."""
    best = float(str(row.candidates[0][1])) if row.candidates else None
    return all((
        cut(wanted.words) <= cut(row.question),
        not wanted.since or row.asked_at >= datetime.fromisoformat(wanted.since),
        not wanted.until or row.asked_at < datetime.fromisoformat(wanted.until) + timedelta(days=1),
        wanted.channel in ("", row.channel), wanted.intent in ("", row.intent), wanted.office in ("", row.office),
        wanted.answered in ("", "yes" if row.answered else "no"), wanted.feedback in ("", row.feedback),
        wanted.release in ("", str(row.release)),
        not wanted.entry or (row.intent == "initiative" and row.candidates[0][0] == wanted.entry),
        not wanted.band or (best is None if wanted.band == "none" else best is not None and
                            min(int(best * 5), 4) == int(wanted.band)),
    ))  # fmt: skip


@pytest.mark.parametrize("followed", [0, 1_600, 2_000])
def test_every_filter_finds_what_a_look_at_every_row_finds(desk: Desk, followed: int) -> None:
    make_log(desk, 2_000, days=80)
    with desk.sessions() as session:
        if followed:
            newer = session.execute(select(QuestionLog.__table__).where(QuestionLog.id > followed)).mappings().all()
            session.execute(delete(QuestionLog).where(QuestionLog.id > followed))
            session.commit()
            follow_log(desk.sessions, NOW)
            if newer:
                session.execute(insert(QuestionLog), [dict(row) for row in newer])
                session.commit()
        if not followed:  # all rows but the newest 500 are told as missing
            assert search_log(session, LogFilter(channel="line"), TODAY).behind == 1_500
            session.execute(delete(QuestionLog).where(QuestionLog.id <= 1_500))
            session.commit()
        rows = session.scalars(select(QuestionLog).order_by(QuestionLog.id.desc())).all()
        entry = next(str(row.candidates[0][0]) for row in rows if row.intent == "initiative")
        office = next(row.office for row in rows if row.office)
        asked = [
            LogFilter(**dict([one, other]))
            for one, other in product(
                [("words", "自転車"), ("since", "2026-10-01"), ("until", "2026-10-20"), ("channel", "line"),
                 ("words", "")],
                [("intent", "initiative"), ("entry", entry), ("office", office), ("answered", "no"),
                 ("feedback", "wrong"), ("band", "4"), ("band", "none"), ("release", "1"), ("release", "7"),
                 ("until", "2026-11-01")],
            )
        ]  # fmt: skip
        for wanted in asked:
            due = [row.id for row in rows if fits(row, wanted)]
            page = search_log(session, wanted, TODAY)
            assert ids(page) == due[:50], wanted
            assert page.more == (len(due) > 50)
            if page.more:
                assert ids(search_log(session, wanted, TODAY, page.rows[-1].id)) == due[50:100]
        assert sum(fits(row, asked[0]) for row in rows) > 5


def test_words_are_cut_as_questions_are(desk: Desk, log_of: Callable[..., None]) -> None:
    log_of("防災訓練はいつ", "くんれんに出たい", "何時からですか", "時間が何時か")
    follow_log(desk.sessions, NOW)
    with desk.sessions() as session:
        for words, found in (
            ("訓練", [2, 1]),
            ("訓練 防災", [1]),
            ("何時", [4, 3]),
            ("訓練 自転車", []),
            ("100%_", []),
        ):
            assert ids(search_log(session, LogFilter(words=words), TODAY)) == found, words


@pytest.mark.parametrize("followed", [True, False])
def test_words_are_found_however_they_are_spelt_and_masks_by_their_brackets(
    desk: Desk, log_of: Callable[..., None], followed: bool
) -> None:
    log_of("自転車の置き場", "じてんしゃがない", "駅前のジテンシャが邪魔", "ソダイゴミはいつ", "粗大ごみの券", "橋",
           "箸のこと", "固定電話がほしい", "〔電話〕にかけて", "〔名前〕といいます", "センターはどこ")  # fmt: skip
    if followed:
        follow_log(desk.sessions, NOW)
    with desk.sessions() as session:
        for words, found in (
            ("自転車", [3, 2, 1]), ("じてんしゃ", [3, 2, 1]), ("ジテンシャ", [3, 2, 1]), ("ｼﾞﾃﾝｼｬ 邪魔", [3]),
            ("ソダイゴミ", [5, 4]), ("そだいごみ", [5, 4]), ("粗大ごみ", [5, 4]), ("橋", [6]), ("センター", [11]),
            ("電話", [9, 8]), ("〔電話〕", [9]), ("〔電話〕 かける", [9]), ("〔名前〕と", [10]), ("〔住所〕", []),
        ):  # fmt: skip
            assert ids(search_log(session, LogFilter(words=words), TODAY)) == found, words


@pytest.fixture
def log_of(desk: Desk) -> Callable[..., None]:
    def log(*questions: str, **more: Any) -> None:
        row = {
            "asked_at": datetime(2026, 11, 20, 9), "channel": "line", "user": "u", "intent": "unknown",
            "answered": False, "candidates": [], "release": 1, "milliseconds": 1.0, **more,
        }  # fmt: skip
        with desk.sessions() as session:
            session.execute(insert(QuestionLog), [row | {"question": question} for question in questions])
            session.commit()

    return log


def test_what_was_taken_back_leaves_no_word(desk: Desk, log_of: Callable[..., None]) -> None:
    log_of("ペンギンの飼い方", review="waiting", message_id="m1")
    log_of("ペンギンの飼い方が知りたい", "ラッコの飼い方", review="waiting")
    Filer(desk.sessions, desk.conversation.live).file_waiting()
    follow_log(desk.sessions, NOW)
    with desk.sessions() as session:
        store_deliveries(session, [[MessageTakenBack("line", "m1")]])
        session.commit()
        assert "ペンギンの飼い方" not in session.scalars(select(ClusterWording.text)).all()
        assert "ペンギンの飼い方" not in session.scalars(select(QuestionCluster.label)).all()
        left = session.execute(select(LogPosting.term, LogPosting.numbers).where(LogPosting.term.like("w:%"))).all()
        assert {term: len(numbers) for term, numbers in left}["w:ペンギン"] == 2  # bytes: one question
        forget_words(session, [2, 3])
        assert session.scalars(select(LogPosting.term).where(LogPosting.term.like("w:%"))).all() == []


def test_an_export_of_any_length_takes_the_same_memory(desk: Desk, tmp_path: Path) -> None:
    def highest(count: int, name: str) -> int:
        with desk.sessions() as session:
            session.execute(delete(QuestionLog).where(QuestionLog.id > count))
            session.execute(update(LogProgress).values(last=0))
            session.commit()
        tracemalloc.start()
        if name == "stream":
            lines = sum(piece.count(b"\n") for piece in stream_export(desk.sessions, "csv", LogFilter(), TODAY)) - 1
        else:
            lines = export_questions(desk.sessions, tmp_path / name, TODAY)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert lines == count
        return peak

    make_log(desk, 4_000, days=30)
    with desk.sessions() as session:
        session.execute(update(QuestionLog).values(release=1))  # whose titles are held, however many rows
        session.commit()
    many = highest(4_000, "stream")
    rows = highest(4_000, "log.xlsx")
    assert many < 1.3 * highest(2_000, "stream")
    assert rows < 1.3 * highest(2_000, "log.xlsx")
    written = load_workbook(tmp_path / "log.xlsx", read_only=True)["質問の記録"].iter_rows(values_only=True)
    assert sum(1 for _ in written) == 2_001


def test_an_export_of_what_was_searched_has_all_of_it_before_it_is_followed(desk: Desk) -> None:
    make_log(desk, 1_800, days=30)
    with desk.sessions() as session:
        answered = session.scalar(select(func.count()).where(QuestionLog.answered)) or 0
    wanted = LogFilter(answered="yes")
    lines = sum(piece.count(b"\n") for piece in stream_export(desk.sessions, "csv", wanted, TODAY)) - 1
    assert lines == answered > 600


def test_the_console_exports_what_was_searched(desk: Desk, web: Flask, log_of: Callable[..., None]) -> None:
    log_of("=防災訓練はいつ", "ペンギンの飼い方")
    console = Console(web, desk, "operator")
    place = "/console/questions/log/export.{}?words=訓練"
    header, row = csv.reader(io.StringIO(console.get(place.format("csv")).get_data().decode("utf-8-sig")))
    assert dict(zip(header, row, strict=True))["質問"] == "'=防災訓練はいつ"
    book = load_workbook(io.BytesIO(console.get(place.format("xlsx")).get_data()))
    assert [cell.value for cell in book["質問の記録"][2]][3] == "'=防災訓練はいつ"


def test_a_workbook_goes_on_in_further_sheets_and_holds_any_text() -> None:
    rows = [["質問", "数"], ["=1+1 <&>", "06"], ["改行\nと\x0bと_x0041_", ""], ["", "3"], ["x" * 40_000, "4"]]
    file = io.BytesIO(b"".join(stream_workbook("記録", rows, (40, 8), most=3)))
    book = load_workbook(file)
    assert book.sheetnames == ["記録", "記録 2"]
    first = [[cell.value for cell in row] for row in book["記録"]]
    assert first == [["質問", "数"], ["=1+1 <&>", "06"], ["改行\nとと_x005F_x0041_", None], [None, "3"]]
    assert {cell.data_type for cell in book["記録"][2]} == {"s"}
    assert [[len(cell.value) for cell in row] for row in book["記録 2"]] == [[2, 1], [32_767, 1]]
    empty = load_workbook(io.BytesIO(b"".join(stream_workbook("記録", rows[:1], (40, 8)))))
    assert [[cell.value for cell in row] for row in empty["記録"]] == [["質問", "数"]]
