"""What a question of the log can be found by: its words and what is known of it, each as one term."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from knowledge import KnowledgeError
from nlp.normalise import hiragana, normalise
from nlp.tokenise import analyse, tokenise_raw

WORD = "w:"
NO_BAND = "none"
_BANDS = 5  # of the chance of being right, each 0.2 wide
# Far enough from the ends of the calendar for what is reckoned from a day: a month on, ten years back.
_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)
_LONGEST_PERIOD = 366 * 10  # days
_LONGEST_SPELT = 20  # letters of a word that is looked for in other letters too
_MASK = re.compile("〔[^〔〕]+〕")  # a placeholder of `bot.redaction`


def band_of(candidates: list[list[Any]]) -> str:
    """The confidence band of the best candidate: "0" (under 0.2) to "4" (0.8 and more), or `NO_BAND`."""
    return str(min(int(float(candidates[0][1]) * _BANDS), _BANDS - 1)) if candidates else NO_BAND


def entry_of_row(row: Any) -> str:
    """The id of the entry that a question was answered with; empty for none."""
    return str(row.candidates[0][0]) if row.intent == "initiative" and row.candidates else ""


def words_of(text: str) -> set[str]:
    """The terms of a text's content words, cut as questions are."""
    return {WORD + word for word in analyse(normalise(text)).words}


def terms_of(row: Any) -> set[str]:
    """All terms of a row of the log."""
    terms = words_of(row.question) if row.question else set()
    terms |= {
        f"channel:{row.channel}", f"intent:{row.intent}", f"answered:{'yes' if row.answered else 'no'}",
        f"release:{row.release}", f"band:{band_of(row.candidates)}",
        f"day:{row.asked_at:%Y-%m-%d}", f"month:{row.asked_at:%Y-%m}",
    }  # fmt: skip
    if entry := entry_of_row(row):
        terms.add(f"entry:{entry}")
    if row.office:
        terms.add(f"office:{row.office}")
    return terms


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is looked for in the log; empty strings look for anything. `since` and `until`: days as YYYY-MM-DD; `entry`
    an entry's id, `office` an office's name, `band` as `band_of` tells it."""

    words: str = ""
    since: str = ""
    until: str = ""
    channel: str = ""
    intent: str = ""
    entry: str = ""
    office: str = ""
    answered: str = ""
    feedback: str = ""
    band: str = ""
    release: str = ""

    def period(self) -> tuple[date | None, date | None]:
        """The days looked for, None where it is open. Raises KnowledgeError as `check_period`."""
        since, until = _day(self.since), _day(self.until)
        check_period(since, until)
        return since, until


def check_period(since: date | None, until: date | None) -> None:
    """Raises KnowledgeError for a period whose first day is after its last, and for days that no log has."""
    for day in (since, until):
        if day and not _FIRST <= day <= _LAST:
            raise KnowledgeError(f"日付（{day}）は {_FIRST} から {_LAST} までのあいだにしてください。")
    if since and until and since > until:
        raise KnowledgeError(
            f"「この日から」（{since}）が「この日まで」（{until}）より後です。二つの日付を入れかえるか、どちらかを直してください。"
        )


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return datetime.strptime(text, "%Y-%m-%d").date()
    return None


def period_terms(since: date, until: date) -> Iterator[str]:
    """The fewest terms that cover the days `since` to `until`: whole months, and days at the edges."""
    day = since
    while day <= until:
        behind = (day.replace(day=1) + timedelta(days=32)).replace(day=1)  # the month's
        if day.day == 1 and behind - timedelta(days=1) <= until:
            yield f"month:{day:%Y-%m}"
            day = behind
        else:
            yield f"day:{day:%Y-%m-%d}"
            day += timedelta(days=1)


def _spellings(word: str) -> list[set[str]]:
    """The terms of a word as it is written, in katakana, and in hiragana where the dictionary knows that as nouns:
    residents write じてんしゃ and ジテンシャ, and only one of these is in the dictionary."""
    plain = normalise(word)
    written = words_of(plain)
    if not written or len(plain) > _LONGEST_SPELT:
        return [written] if written else []
    found = [written, words_of(analyse(plain).reading)]
    if (kana := hiragana(plain)) != plain and all(
        morpheme.part_of_speech()[0] in ("名詞", "接尾辞") and not morpheme.is_oov() for morpheme in tokenise_raw(kana)
    ):
        found.append(words_of(kana))
    return [terms for terms in found if terms]


def groups_of(wanted: LogFilter, today: date, entries: Sequence[str] = ()) -> tuple[list[tuple[str, ...]], str]:
    """(groups of terms: a question must have one of each group; words without content and placeholders of what was
    masked, which only the text shows).

    `entries`: the ids that the wanted entry has and had. Raises KnowledgeError for a period that ends before it begins.
    """
    groups: list[tuple[str, ...]] = []
    plain = []
    for word in wanted.words.split():
        masks = _MASK.findall(word)
        for part in (*masks, *_MASK.split(word)):
            spellings = _spellings(part)
            # All terms of one spelling or all of another: one of each pair.
            groups += sorted({tuple(sorted(set(terms))) for terms in product(*spellings)} if spellings else ())
            plain += [part] if part in masks or not (masks or spellings) else []
    since, until = wanted.period()
    if since or until:
        until = until or today + timedelta(days=1)
        since = max(since or date.min, until - timedelta(days=_LONGEST_PERIOD))
        groups.append(tuple(period_terms(since, until)))
    if entries:
        groups.append(tuple(f"entry:{entry}" for entry in entries))
    for name in ("channel", "intent", "office", "answered", "band", "release"):
        if value := getattr(wanted, name):
            groups.append((f"{name}:{value}",))
    return groups, " ".join(plain)
