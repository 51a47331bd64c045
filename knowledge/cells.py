"""One row of a table by its columns, and what is wrong with a table, all of it at once."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from knowledge import KnowledgeError

# The columns of the knowledge base's own table, in order, with the heading that staff read.
COLUMNS = {
    "plan": "計画", "plan_from": "計画の始まり", "plan_to": "計画の終わり", "plan_source": "出典",
    "precedence": "優先", "source_id": "番号", "section": "柱・テーマ", "title": "取組・質問", "variant": "区別",
    "answer": "説明・回答", "targets": "目標", "vocabulary": "言いかえ", "examples": "想定質問",
    "office": "担当", "floor": "階", "counter": "窓口", "phone": "電話", "url": "URL",
    "valid_from": "始まり", "valid_to": "終わり", "hours": "受付時間", "owner": "原課", "source": "出典文書",
    "page": "ページ", "review_on": "見直し日", "state": "状態", "note": "メモ",
}  # fmt: skip
FACT_OF_COLUMN = {"answer": "explanation"}
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+")
_MOST_FAULTS = 20  # that are told at once
_ERAS = {"令和": 2018, "平成": 1988, "r": 2018, "h": 1988}
_DATE = re.compile(r"(?:(令和|平成|[rh])\.?)?(\d{1,4}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_address(text: str) -> str:
    """A web address; ValueError, with how to mend it, for anything else."""
    plain = text.strip()
    plain = f"https://{plain}" if plain.startswith("www.") else plain
    if plain and not _ADDRESS.fullmatch(plain):
        raise ValueError("https:// から始まるアドレスにしてください")
    return plain


@dataclass(frozen=True, slots=True)
class Cells:
    """One row by the keys of its columns."""

    where: str
    values: dict[str, str]

    def get(self, key: str) -> str:
        return self.values.get(key, "")

    def lines(self, key: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.get(key).splitlines() if line.strip())

    def address(self, key: str) -> str:
        """A web address: what residents' devices would run, or look for on this server, is none."""
        try:
            return read_address(self.get(key))
        except ValueError as error:
            raise KnowledgeError(f"{self.where}「{COLUMNS[key]}」の列: 「{self.get(key)}」は{error}。") from error

    def day(self, key: str) -> date | None:
        value = unicodedata.normalize("NFKC", self.get(key)).lower().replace(" ", "")
        if not value:
            return None
        match = _DATE.match(value)
        try:
            if match:
                year = 1 if match[2] == "元" else int(match[2])
                return date(year + _ERAS.get(match[1] or "", 0), int(match[3]), int(match[4]))
        except ValueError:
            pass
        raise KnowledgeError(
            f"{self.where}「{COLUMNS[key]}」の列: 日付「{self.get(key)}」は 2023-04-01 のように書いてください。"
        )


class Faults:
    """What is wrong, gathered so that a person mends all of it before the next try."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def note(self, said: str) -> None:
        self._said.append(said)

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Notes the KnowledgeError that its block raises, and goes on."""
        try:
            yield
        except KnowledgeError as error:
            self.note(str(error))

    def check(self) -> None:
        """Raises KnowledgeError with one fault a line, where there are any."""
        if not self._said:
            return
        more = len(self._said) - _MOST_FAULTS
        rest = [f"ほかに {more} か所あります。"] if more > 0 else []
        raise KnowledgeError("\n".join([*self._said[:_MOST_FAULTS], *rest]))
