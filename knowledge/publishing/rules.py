"""What can be said of a draft before publishing without asking it anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.document import Document, Entry
from knowledge.draft import label
from nlp.normalise import normalise
from nlp.tokenise import analyse

ERROR, WARNING = "error", "warning"
_SHORT_NUMBERS = re.compile(r"11[089]|171|177|18[89]|#[0-9]{4}")
_DIALLED = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}")
_MOST_OF_A_KIND = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """`level`: an `ERROR` blocks publishing, a `WARNING` informs. `test`: the number of the test question it is of."""

    level: str
    text: str
    test: int | None = None


def find_problems(document: Document, today: date) -> list[Problem]:
    """What is wrong or doubtful in a draft, errors first."""
    problems = [
        *_periods(document), *_phones(document), *_without_office(document), *_expired(document, today),
        *_same_titles(document), *_same_questions(document),
    ]  # fmt: skip
    return sorted(problems, key=lambda problem: problem.level != ERROR)


def some(problems: list[Problem]) -> Iterator[Problem]:
    """Not so many of one kind that nobody reads them."""
    yield from problems[:_MOST_OF_A_KIND]
    if len(problems) > _MOST_OF_A_KIND:
        yield Problem(problems[0].level, f"ほかに、同じ種類のものが {len(problems) - _MOST_OF_A_KIND} 件あります。")


def _periods(document: Document) -> Iterator[Problem]:
    for entry in document.entries:
        if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
            yield Problem(ERROR, f"「{label(entry)}」の終わりの日が始まりの日より前です。日付を直してください。")


def _phones(document: Document) -> Iterator[Problem]:
    for office in document.offices:
        phone = office.phone
        digits = sum(c.isdigit() for c in phone)
        dialled = _DIALLED.fullmatch(phone) and digits == (11 if re.match(r"0[5-9]0-|0800-", phone) else 10)
        if phone and not dialled and not _SHORT_NUMBERS.fullmatch(phone):
            yield Problem(WARNING, f"担当「{office.name}」の電話「{phone}」は、市外局番からの番号ではないようです。")


def _without_office(document: Document) -> Iterator[Problem]:
    yield from some([Problem(WARNING, f"「{label(e)}」に担当がありません。") for e in document.entries if not e.office])


def _expired(document: Document, today: date) -> Iterator[Problem]:
    ended: dict[tuple[str, date | None], int] = {}
    for entry in document.entries:
        if entry.expired(today):
            key = entry.plan.title, entry.period[1]
            ended[key] = ended.get(key, 0) + 1
    for (plan, day), count in ended.items():
        yield Problem(WARNING, f"計画「{plan}」の {count} 件は {day} で期限が切れています。")


def _same_titles(document: Document) -> Iterator[Problem]:
    titled: dict[tuple[str, str], list[Entry]] = {}
    for entry in document.entries:
        titled.setdefault((entry.plan.title, normalise(entry.title)), []).append(entry)
    yield from some(
        [
            Problem(WARNING, f"計画「{plan}」に「{same[0].title}」が {len(same)} 件あります。")
            for (plan, _), same in titled.items()
            if len(same) > 1
        ]
    )


def _same_questions(document: Document) -> Iterator[Problem]:
    """Example questions of the same words under two entries of different titles."""
    asked: dict[frozenset[str], dict[str, tuple[str, Entry]]] = {}
    for entry in document.entries:
        for text in entry.examples:
            plain = normalise(text)
            words = frozenset(analyse(plain).words) or frozenset([plain])
            asked.setdefault(words, {}).setdefault(normalise(entry.title), (text, entry))
    found = []
    for same in asked.values():
        if len(same) > 1:
            (text, first), (_, second), *_ = same.values()
            found.append(
                Problem(WARNING, f"想定質問「{text}」とほぼ同じものが「{first.title}」と「{second.title}」にあります。")
            )
    yield from some(found)
