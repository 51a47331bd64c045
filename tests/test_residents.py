"""Questions of residents, written without sight of the bot's content: tests/questions/."""

import json
from pathlib import Path

import pytest

from bot.evaluation import evaluate_file
from handlers.commands.desk import Desk

QUESTIONS = Path(__file__).parent / "questions"


@pytest.mark.parametrize("name", ["residents_a.jsonl", "residents_b.jsonl"])
def test_the_right_office_comes_first_and_what_is_outside_is_declined(desk: Desk, name: str) -> None:
    figures = evaluate_file(desk.conversation, QUESTIONS / name, QUESTIONS / "catalog.tsv")
    assert figures["= plain"] >= 0.85
    assert figures["= hard"] >= 0.78
    assert figures["plain.wrong"] <= 0.07
    assert figures["hard.wrong"] <= 0.08
    assert figures["= outside answered"] <= 0.05


def test_every_accepted_answer_is_in_the_catalogue() -> None:
    lines = (QUESTIONS / "catalog.tsv").read_text(encoding="utf-8").splitlines()[1:]
    known = {line.split("\t")[0] for line in lines}
    for path in QUESTIONS.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert {i for row in rows for i in row.get("accept", [])} <= known
