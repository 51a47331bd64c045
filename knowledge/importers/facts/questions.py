"""Pages of questions and answers: each question heads its answer."""

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.importers.facts.markers import MARK_OF_QUESTION
from knowledge.importers.facts.titles import plan_title
from knowledge.importers.readers.lines import Line

_QUESTION = re.compile(r"[^\w]*(?:(?:Q|質問)\s*\d{0,3}\s*[.:、)】\]]?|問\s*\d{1,3}\s*[.:、)]?)\s*(?P<asks>[^\s.:].*)")
_ANSWER = re.compile(
    r"[^\w]*(?:(?:A|答え?|回答)\s*\d{0,3}\s*(?:[.:、)】\]]\s*|\s+)|答え?\s*[.:、)】\]]?\s*)(?P<says>\S.*)"
)
_FEWEST = 2  # questions
_NEAR = 2  # lines below a question within which its answer begins
_LOWEST_LEVEL = 9
_HEADS_ALL = re.compile(r"よくある(?:ご)?質問(?:と回答|集|一覧)?")


def questions_as_titles(lines: Sequence[Line]) -> list[Line]:
    """The lines, where a document asks and answers: its questions as headings, its answers without their marks. Those
    of another document, as of a plan that ends in questions about it, as they are."""
    if any(plan_title(line.text) for line in lines):
        return list(lines)
    asked = {n for n, line in enumerate(lines) if not line.cells and _QUESTION.fullmatch(line.text)}
    answered = [n for n in asked if any(_ANSWER.fullmatch(line.text) for line in lines[n + 1 : n + 1 + _NEAR])]
    if len(answered) < _FEWEST or len(answered) * 3 < len(asked) * 2:
        return list(lines)
    read = []
    for n, line in enumerate(lines):
        if n in asked and (question := _QUESTION.fullmatch(line.text)):
            asks = f"{MARK_OF_QUESTION}{question['asks']}"
            line = replace(line, text=asks, level=line.level or _LOWEST_LEVEL, item=False)
        elif not line.cells and (answer := _ANSWER.fullmatch(line.text)):
            line = replace(line, text=answer["says"], level=0, item=False)
        elif _HEADS_ALL.fullmatch(line.text):
            line = replace(line, level=0)  # it heads the questions, and is no link to such a page
        read.append(line)
    return read
