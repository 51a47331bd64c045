"""Opening hours: which questions are about them, which day or time they name, and what is answered first."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.hours_wording import hours_text
from bot.ward import Ward, read_ward
from handlers.commands.desk import Desk
from intents.asked_hours import read_asked
from intents.opening_hours import find_nth_weekday, find_open_sunday, find_year_end, look_up_day
from knowledge import KnowledgeError
from nlp.normalise import normalise
from tests.conftest import WARD

TODAY = date(2026, 11, 24)  # a Tuesday
LIMITED = "住民情報・保険年金など、利用の多い手続きの窓口"


@pytest.fixture(scope="module")
def ward() -> Ward:
    return read_ward(WARD)


def answer(ward: Ward, question: str, today: date = TODAY) -> list[str]:
    """What stands before the list of days."""
    return hours_text(ward, question, today).partition(f"{ward.short_name}役所の開庁時間です。")[0].splitlines()


def test_days(ward: Ward) -> None:
    assert look_up_day(date(2026, 11, 27), ward.hours).late
    assert look_up_day(date(2026, 11, 22), ward.hours).limited
    assert look_up_day(date(2026, 11, 23), ward.hours).why == "勤労感謝の日"
    assert look_up_day(date(2026, 12, 29), ward.hours).why == "年末年始"
    assert look_up_day(date(2026, 11, 28), ward.hours).closed
    assert not look_up_day(TODAY, ward.hours).closed
    assert find_nth_weekday(2026, 11, 5, 6) == date(2026, 11, 29)
    assert find_nth_weekday(2026, 12, 5, 6) is None
    assert find_open_sunday(TODAY, ward.hours) == date(2026, 12, 27)
    assert find_year_end(TODAY, ward.hours) == (date(2026, 12, 28), date(2027, 1, 4))
    assert find_year_end(date(2027, 1, 2), ward.hours) == (date(2026, 12, 28), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("12月30日", ["2026-12-30"]),
        ("十二月三十日は", ["2026-12-30"]),
        ("１２／３０は開いてる？", ["2026-12-30"]),
        ("1月4日と1月5日", ["2027-01-04", "2027-01-05"]),
        ("2028年2月29日", ["2028-02-29"]),
        ("2月29日", ["2028-02-29"]),
        ("2月30日", []),
        ("27日は開いてる?", ["2026-11-27"]),
        ("10日は休み?", ["2026-12-10"]),
        ("今日は何時まで", ["2026-11-24"]),
        ("あしたは休みですか", ["2026-11-25"]),
        ("あさって", ["2026-11-26"]),
        ("今週の水曜", ["2026-11-25"]),
        ("来週の金曜日", ["2026-12-04"]),
        ("再来週の月曜", ["2026-12-07"]),
        ("次の日曜", ["2026-11-29"]),
        ("次の火曜", ["2026-12-01"]),
        ("今度の土日", ["2026-11-28", "2026-11-29"]),
        ("今月の第4日曜", ["2026-11-22"]),
        ("第二土曜は", ["2026-12-12"]),
        ("12月の日曜窓口", ["2026-12-27"]),
        ("来月の日曜開庁", ["2026-12-27"]),
        ("次の日曜開庁はいつ", ["2026-12-27"]),
        ("クリスマスは休み?", ["2026-12-25"]),
        ("クリスマスイブは", ["2026-12-24"]),
        ("来週は開いてますか", [f"2026-{day}" for day in ("11-30", *(f"12-0{n}" for n in range(1, 7)))]),
        ("What time does the ward office close today?", ["2026-11-24"]),
        ("成人の日は", ["2027-01-11"]),
        ("子どもの日は休み?", ["2027-05-05"]),
        ("are you open on December 30?", ["2026-12-30"]),
        ("土曜", []),
        ("何時まで", []),
    ],
)
def test_the_days_that_a_question_names(ward: Ward, question: str, days: list[str]) -> None:
    found = read_asked(normalise(question), TODAY, ward.hours).days
    assert [day.isoformat() for day in found] == days


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("夜7時に行って大丈夫", 19 * 60),
        ("金曜7時まで?", 19 * 60),
        ("朝7時から", 7 * 60),
        ("8時半は開いてる", 8 * 60 + 30),
        ("午後1時15分", 13 * 60 + 15),
        ("5時半すぎても間に合う?", 17 * 60 + 30),
        ("18:30まで?", 18 * 60 + 30),
        ("しちじに いってもいい", 19 * 60),
        ("十二時は", 12 * 60),
        ("ごご 3じに いきます", 15 * 60),
        ("朝9時から夜8時まで", 9 * 60),
        ("3時間待った", None),
        ("25時", None),
        ("何時まで", None),
    ],
)
def test_the_time_that_a_question_names(ward: Ward, question: str, time: int | None) -> None:
    assert read_asked(normalise(question), TODAY, ward.hours).time == time


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("12月30日", "12月30日（水）は、お休みです（年末年始）。"),
        ("11/23は開いてた", "2027年11月23日（火）は、お休みです（勤労感謝の日）。"),
        ("明日開いてる?", "11月25日（水）は 9:00〜17:30 に開いています。"),
        ("来週の金曜は", f"12月4日（金）は 9:00〜17:30 に開いています。{LIMITED}は 19:00 までです。"),
        ("来週の金曜6時は", f"12月4日（金）の 18:00 は、{LIMITED}だけ開いています（19:00 まで）。"),
        ("来週の金曜7時は", f"12月4日（金）の 19:00 は、閉まっています（{LIMITED}は 19:00、ほかは 17:30 まで）。"),
        ("今日6時に行って間に合う", "11月24日（火）の 18:00 は、閉まっています（17:30 まで）。"),
        ("明日の朝8時", "11月25日（水）の 8:00 は、まだ開いていません。開くのは 9:00 です。"),
        ("明日の10時", "11月25日（水）は 9:00〜17:30 に開いています。 10:00 も開いています。"),
        ("次の日曜", "11月29日（日）は、お休みです。"),
        ("12月の日曜窓口", f"12月27日（日）は、{LIMITED}だけ 9:00〜17:30 に開いています。"),
        ("今月の第4日曜", "11月22日（日）は、もう過ぎました。"),
        ("土曜やってる?", "土曜日は、お休みです。"),
        ("日曜に行ける?", f"日曜日は、第4日曜日だけ 9:00〜17:30 に開いています（{LIMITED}のみ）。"),
        ("水曜は", "水曜日は 9:00〜17:30 に開いています（祝日と年末年始はお休み）。"),
        ("夜7時に行って大丈夫", f"金曜日の{LIMITED}は、19:00 で閉まります。"),
        ("18時は", f"18:00 に開いているのは、金曜日の{LIMITED}だけです（19:00 まで）。"),
        ("月曜の18時は", "月曜日は 9:00〜17:30 に開いています（祝日と年末年始はお休み）。"),
        ("20時は", f"20:00 には、どの日も閉まっています。いちばん遅いのは金曜日の{LIMITED}で、19:00 までです。"),
        ("夜も開いてる?", f"夜に開いているのは、金曜日の{LIMITED}だけです（19:00 まで）。ほかは 17:30 までです。"),
        ("朝は何時から", "開くのは 9:00 です。"),
        ("昼休みも受付してる?", "手元の資料では、開庁時間は 9:00〜17:30 で、昼に閉めるとは書かれていません。"),
        ("祝日は閉まってる?", "祝日はお休みです。次の祝日は1月1日（金）（元日）です。"),
        ("お盆は休み?", "お盆だけのお休みはありません。土曜・日曜と祝日のほかは、ふだんどおり開いています。"),
        ("クリスマス", f"12月25日（金）は 9:00〜17:30 に開いています。{LIMITED}は 19:00 までです。"),
        (
            "年末は何日まで",
            "年末年始は12月29日から1月3日までお休みです。"
            "その前は12月28日（月）まで、そのあとは1月4日（月）から、ふだんどおり開いています。",
        ),
    ],
)
def test_what_was_asked_is_answered_first(ward: Ward, question: str, first: str) -> None:
    assert answer(ward, question)[0] == first


def test_the_list_follows_and_the_next_open_sunday_is_always_named(ward: Ward) -> None:
    for question in ("何時まで開いてますか", "12月30日"):
        text = hours_text(ward, question, TODAY)
        assert "11月24日（火） 9:00〜17:30\n" in text
        assert "11月30日（月） 9:00〜17:30\n" in text
        assert f"次の第4日曜日は 12月27日（日） 9:00〜17:30（{LIMITED}のみ）です。" in text
        assert text.endswith(ward.address)
    assert answer(ward, "何時まで開いてますか") == []


def test_seasons_are_told_day_by_day(ward: Ward) -> None:
    lines = answer(ward, "GWは休み?")
    assert lines[1] == "4月29日（木） お休み（昭和の日）"
    assert lines[-1] == "5月6日（木） 9:00〜17:30"
    assert answer(ward, "お盆は", date(2027, 8, 17))[1].startswith("8月13日（日）")


def test_another_wards_hours_are_its_profiles(tmp_path: Path) -> None:
    profile = Path(shutil.copy(WARD, tmp_path / "ward.toml"))
    text = profile.read_text(encoding="utf-8")
    changed = (
        ("open_sunday = 4", "open_sunday = 2"),
        ('\ncloses = "17:30"', '\ncloses = "17:00"'),
        ("late_weekday = 4", "late_weekday = 3"),
    )
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    profile.write_text(text, encoding="utf-8")
    ward = read_ward(profile)
    assert answer(ward, "次の日曜開庁はいつ")[0].startswith("12月13日（日）は、")
    assert answer(ward, "木曜は")[0].endswith(f"{LIMITED}は 19:00 までです。")
    assert answer(ward, "今日の17時半は") == ["11月24日（火）の 17:30 は、閉まっています（17:00 まで）。"]


# Lines: "hours" or "no", then the message.
ASKED = Path(__file__).parent / "questions" / "opening_hours.tsv"


def test_questions_about_opening_hours_are_told_from_those_about_events(desk: Desk) -> None:
    rows = [line.split("\t") for line in ASKED.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 50
    found = [(said, text, desk.conversation.answer(text).decision.intent) for said, text in rows]
    assert [row for row in found if (row[2] == "hours") != (row[0] == "hours")] == []


def test_a_reply_begins_with_the_day_that_was_asked(desk: Desk) -> None:
    text = desk.conversation.answer("12月30日は開いてますか").text
    assert text.startswith("12月30日（水）は、お休みです（年末年始）。")


@pytest.mark.parametrize("clock", ["9時", "9", "25:00", "9:60"])
def test_a_profile_with_another_form_of_times_is_refused(tmp_path: Path, clock: str) -> None:
    profile = tmp_path / "ward.toml"
    profile.write_text(
        WARD.read_text(encoding="utf-8").replace('opens = "9:00"', f'opens = "{clock}"'), encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match=clock):
        read_ward(profile)


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("区役所の住所", False),
        ("くやくしょは どこ ですか", False),
        ("where is the ward office?", False),
        ("区役所の行き方", True),
        ("How can I get to the ward office?", True),
    ],
)
def test_the_offices_address_comes_first_where_it_is_asked(ward: Ward, question: str, way: bool) -> None:
    lines = answer(ward, question)
    assert lines[0] == f"鶴見区役所は、{ward.address}です。"
    assert (len(lines) > 1) == way
    assert hours_text(ward, question, TODAY).count(ward.address) == 1
