"""The figures are those of the log, whatever was summed up before."""

import csv
import io
from datetime import date, datetime, timedelta
from itertools import pairwise

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import insert

from bot.models import QuestionLog
from bot.question_log import log_row
from bot.record.figures import read_figures
from bot.record.following import follow_log
from handlers.commands.desk import Desk
from tests.conftest import NOW
from tests.console import WIDTHS, Console, check_axe, sign_in_page


def log(desk: Desk, question: str, *at: datetime) -> None:
    reply = desk.conversation.answer(question)
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), [log_row(when, "web", "", question, reply, 2.0) for when in at])
        session.commit()


def test_sums_grow_with_the_log_and_count_nothing_twice(desk: Desk) -> None:
    noon = datetime(2026, 11, 20, 12, 5)
    log(desk, "放置自転車追放啓発活動", noon, noon, noon + timedelta(days=1))
    assert follow_log(desk.sessions, NOW) == 3
    log(desk, "放置自転車追放啓発活動", noon)
    log(desk, "ペンギンの飼い方", noon)
    assert follow_log(desk.sessions, NOW) == 2
    assert follow_log(desk.sessions, NOW) == 0
    entries = {entry.id: entry for entry in desk.conversation.live.get().entries}
    with desk.sessions() as session:
        figures = read_figures(session, date(2026, 11, 20), date(2026, 11, 20), entries)
    assert (figures.questions, figures.answered, figures.declined, figures.mean_milliseconds) == (4, 3, 1, 2.0)
    assert figures.tables["時"] == {"12時": (4, 3)}
    assert figures.tables["取組"] == {"放置自転車追放啓発活動": (3, 3)}
    assert sum(count for count, _ in figures.tables["担当"].values()) == 3


def test_the_page_and_its_tables_say_the_same(desk: Desk, web: Flask) -> None:
    log(desk, "ペンギンの飼い方", datetime(2026, 11, 20, 12, 5))
    console = Console(web, desk, "viewer")
    assert "2026-11-20" in console.text("/console/statistics")
    place = "/console/statistics/table.{}?since=2026-11-01&until=2026-11-30"
    rows = list(csv.reader(io.StringIO(console.get(place.format("csv")).get_data().decode("utf-8-sig"))))
    assert ["期間", "2026-11-01〜2026-11-30", "1", "0", "0.000"] in rows
    assert console.get(place.format("xlsx")).get_data().startswith(b"PK")
    assert "この期間にはありません" in console.text("/console/statistics?since=2026-01-01&until=2026-01-02")


def test_a_period_that_ends_before_it_begins_is_told_and_can_be_mended(page: Page, desk: Desk, web: Flask) -> None:
    log(desk, "ペンギンの飼い方", datetime(2026, 11, 20, 12, 5))
    console = Console(web, desk, "operator")
    for place in ("/console/statistics", "/console/statistics/report", "/console/questions/log",
                  "/console/statistics/table.csv", "/console/questions/log/export.csv"):  # fmt: skip
        refused = console.get(f"{place}?since=2026-11-30&until=2026-11-01")
        assert refused.status_code == 422
        said = refused.get_data(as_text=True)
        assert "「この日から」（2026-11-30）が「この日まで」（2026-11-01）より後です" in said
        assert "ありません" not in said, "nothing is said of what was not looked for"
        assert console.get(f"{place}?since=2026-11-20&until=2026-11-20").status_code == 200
    sign_in_page(page, web, desk, "operator")
    for place, button, shown in (
        ("/console/statistics", "この期間を見る", "統計 2026-11-01 から 2026-11-30"),
        ("/console/questions/log", "さがす", "ペンギンの飼い方"),
    ):
        check_axe(page, f"{place}?since=2026-11-30&until=2026-11-01")
        assert page.locator("#since").input_value() == "2026-11-30", "what was given stands there to be mended"
        page.locator("#since").fill("2026-11-01")
        page.locator("#until").fill("2026-11-30")
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_text(shown).first.wait_for()
        assert page.get_by_role("alert").count() == 0


def test_charts_fit_the_window_and_stay_readable(page: Page, desk: Desk, web: Flask) -> None:
    for day in range(30):
        log(desk, "ペンギンの飼い方", datetime(2026, 11, 24, 23 - day % 24, 5) - timedelta(days=day))
    sign_in_page(page, web, desk, "viewer")
    for place in ("/console/statistics", "/console/statistics/report?since=2026-10-26&until=2026-11-24"):
        check_axe(page, place)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            charts = page.locator("svg.bars:visible")
            assert charts.count() == 2
            for chart in charts.all():
                outer = chart.bounding_box()
                assert outer
                assert outer["x"] + outer["width"] <= width
                boxes = [part.bounding_box() for part in chart.locator("rect, text").all()]
                assert all(box and box["x"] >= outer["x"] for box in boxes)
                assert all(box and box["x"] + box["width"] <= outer["x"] + outer["width"] for box in boxes)
                labels = [box for box in (one.bounding_box() for one in chart.locator("text").all()) if box]
                assert all(label["height"] >= 10 for label in labels), "of letters of 11 pixels"
                below = sorted((label for label in labels if label["y"] > outer["y"] + outer["height"] * 0.85),
                               key=lambda label: label["x"])  # fmt: skip
                beside = [two["x"] - one["x"] - one["width"] for one, two in pairwise(below[1:])]  # first: of the axis
                assert len(below) >= 3
                assert all(gap > 0 for gap in beside)
