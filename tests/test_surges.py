"""What surges is found, and what chance brings is not."""

import math
import random
import subprocess
import sys

import pytest
from scipy.special import betainc

from bot.alarms.chances import incomplete_beta
from bot.alarms.looking import tell_words
from bot.alarms.surges import Asked, Usual, chance_of_at_least, find_jump, find_surges, words_of
from tests.questions.made import make_questions

CUT = (
    "断水はいつまで",
    "今津北の断水のこと",
    "断水してるんやけど",
    "断水、いつ復旧するん",
    "うちも断水？",
    "断水の給水車はどこ",
)


def asked(*questions: str, user: str = "", answered: bool = False) -> list[Asked]:
    return [Asked(words_of(question), user, answered) for question in questions]


def test_the_chance_of_a_count_is_that_of_a_rate_known_as_well_as_the_log_tells_it() -> None:
    # By hand: x = 1/4; I_x(1, 1/2) = 1 - sqrt(3/4); of a rate that is known for certain it is Poisson's.
    assert chance_of_at_least(1, 100, 0, 300) == pytest.approx(1 - math.sqrt(0.75))
    assert chance_of_at_least(3, 100, 2_000_000, 100_000_000) == pytest.approx(1 - 5 * math.exp(-2), rel=1e-4)


def test_chances_are_those_that_scipy_finds_without_its_memory() -> None:
    rng = random.Random(1)
    for _ in range(2_000):
        a, b = rng.choice((rng.uniform(0.5, 5), rng.uniform(1, 5_000))), rng.choice((0.5, rng.uniform(0.5, 20_000)))
        x = min(1.0, rng.choice((rng.random(), a / (a + b) * rng.uniform(0.2, 2))))
        assert incomplete_beta(a, b, x) == pytest.approx(betainc(a, b, x), rel=1e-8, abs=1e-12)
    assert [incomplete_beta(3, 4, x) for x in (0.0, 1.0)] == [0.0, 1.0]
    looking = (
        "import sys; from bot.alarms.surges import *; words = frozenset(('断水',));"
        "hour = [Asked(words, str(n), False) for n in range(40)];"
        "print(len(find_surges(hour, Usual((), ()))), find_jump(hour, 1000, 200) is not None, 'scipy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1", "True", "False"]


def test_a_topic_surges_and_ordinary_hours_do_not() -> None:
    ordinary = [question for question, _ in make_questions()]
    usual = Usual(ordinary[:600], ())
    assert [find_surges(asked(*ordinary[n : n + 40]), usual) for n in range(600, 1000, 40)] == [[]] * 10
    assert find_surges(asked(*ordinary[600:]), usual) == [], "ten times as many questions of all kinds are no surge"
    (surge,) = find_surges(asked(*ordinary[600:640], *CUT * 7), usual)
    assert (surge.topic, surge.count, surge.unanswered) == ("断水", 42, 42)
    assert surge.usual <= 1.0
    assert find_surges(asked(*ordinary[600:640], *CUT[:1] * 9), usual) == [], "nine are too few to tell"


def test_a_burst_in_a_busy_hour_stands_out_before_there_is_a_log() -> None:
    ordinary = [question for question, _ in make_questions(of="needs_b")]
    usual = Usual((), [question for question, _ in make_questions(of="needs_c")])
    before = {surge.topic for surge in find_surges(asked(*ordinary[:440]), usual)}
    for at in (0, 200, 440):  # what came since, or came late to be looked at, hides nothing
        hour = asked(*ordinary[:at], *(CUT * 4)[:20], *ordinary[440:445], *ordinary[at:440])
        told = {surge.topic: surge.count for surge in find_surges(hour, usual)}
        assert {topic: count for topic, count in told.items() if topic not in before} == {"断水": 20}
    spread = [question for n in range(20) for question in (*ordinary[n * 22 : n * 22 + 22], CUT[n % len(CUT)])]
    assert {surge.topic for surge in find_surges(asked(*spread), usual)} == before, "asked evenly it may be usual"
    assert [find_surges(asked(*["断水"] * few), usual) for few in (0, 1, 2)] == [[]] * 3
    one = asked(*ordinary[:440]) + asked(*(CUT * 4)[:20], user="u1")
    assert {surge.topic for surge in find_surges(one, usual)} == before


def test_one_resident_and_a_name_make_no_surge() -> None:
    usual = Usual(["防災訓練"] * 100, ())
    assert find_surges(asked(*CUT * 7, user="u1"), usual) == []
    assert find_surges(asked(*["田中さんはいますか"] * 40), usual) == []


def test_a_jump_of_the_unanswered_share_is_told_from_chance() -> None:
    hour = asked(*["住民票"] * 30) + asked(*["防災訓練"] * 20, answered=True)
    assert find_jump(hour, 1000, 200) is not None
    assert find_jump(hour, 1000, 500) is None
    assert find_jump(hour[:19], 1000, 200) is None


def test_words_that_are_told_say_what_questions_are_about() -> None:
    said = [
        "うちの水道が止まってることについて", "今日の午後から水道の水が出ない", "水道のことで相談したい人の方法",
        "うちのごみの収集のほうが来ない", "ごみの収集、今日のぶん", "住民票のことで、ごみの収集も",
    ]  # fmt: skip
    told = tell_words((words_of(question), f"user {n}") for n, question in enumerate(said))
    assert told == ["ごみ", "収集", "水道"]
    questions = [Asked(words_of(f"うちのこと、今日は{n}"), f"user {n}", False) for n in range(40)]
    assert "うち" not in {surge.topic for surge in find_surges(questions, Usual([], []))}
