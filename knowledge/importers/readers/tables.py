"""Tables, in whatever file they stand, into lines."""

import itertools
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cached_property

from knowledge.importers.facts.contacts import contact_line, fact_label
from knowledge.importers.facts.labels import announces
from knowledge.importers.readers.cells import PLACE, filled_cells, named_cells
from knowledge.importers.readers.columns import (
    column_kinds,
    heading_name,
    is_directory,
    is_header,
    known_headings,
    label_pairs,
    lists_others,
    tells_facts,
)
from knowledge.importers.readers.lines import Line
from knowledge.importers.readers.unnamed import contact_apart, kinds_by_content, levels_by_column, with_offices

_NOTE = re.compile(r"^[※*(]|^注|。")
_GENERIC = re.compile(r"名|名称|名前|番号|No\.?|内容|概要|説明")  # of what stands in the row above
_NUMBERS_OF_OTHERS = re.compile(r"(?:[・、,~〜と\s-]*(?:\(\d{1,2}\)|[①-⑳]))+")
_TOTAL = re.compile(r"(?:合\s*計|小\s*計|総\s*計|計)(?:\(.*\))?")
_ABOVE_A_TABLE = 6  # rows at most with its title, period and notes
_RECORDS_BEGIN_WITHIN = 100  # rows


class _Table:
    def __init__(self, rows: Sequence[Sequence[str]], where: Callable[[int], str]) -> None:
        self.rows = [[cell.strip() for cell in row] for row in rows]
        self.where = where
        self.kinds: list[str] = []
        self.names: list[str] = []
        self.above: list[str] = []

    def lines(self) -> Iterator[Line]:
        """The lines of the table."""
        number = 0
        headed = any(self._names_columns(row) for row in range(len(self.rows)))
        first, unnamed = (0, []) if headed else kinds_by_content(self.rows)
        levels = {} if headed or unnamed else levels_by_column(self.rows)
        while number < len(self.rows):
            if said := lists_others(self.rows[number:]):
                self.kinds, unnamed = [], []
                number = yield from self._others(number, said)
                continue
            if unnamed and number == first:
                self._begin([""] * len(unnamed), unnamed)
            if levels and len(set(self.rows[number]) - {""}) == 1:
                yield self._of_outline(number, levels)
                number += 1
                continue
            taken = self._header(number)
            if taken:
                cells = [cell for row in self.rows[number : number + taken] for cell in row]
                yield Line(self.where(number + 1), _text(cells), cells=(("header", "1"),))
                number += taken
                continue
            record = [] if self.kinds else self._record(number)
            if record:
                yield from self._of_record(number, record)
                number += len(record)
                continue
            if self.kinds and self._begins_below(number):
                self.kinds = []  # what stands above the next table is no row of this one
            if any(self.rows[number]):
                yield from self._row(number)
            number += 1

    def _names_columns(self, number: int) -> bool:
        """Whether a row begins a table or a record, so that nothing has to be guessed."""
        taken = bool(lists_others(self.rows[number:])) or bool(self._header(number))
        taken = taken or (number < _RECORDS_BEGIN_WITHIN and bool(self._record(number)))
        self.kinds, self.names, self.above = [], [], []
        return taken

    def _others(self, number: int, said: str) -> Generator[Line, None, int]:
        """The rows of a table that lists no initiatives; returns the number of the row below it."""
        width, first = sum(map(bool, self.rows[number])), number
        while number < len(self.rows) and sum(map(bool, self.rows[number])) * 2 >= width:
            if number > first and (self._header(number) or lists_others(self.rows[number:])):
                break
            yield Line(self.where(number + 1), f"{said}{_text(self.rows[number])}")
            number += 1
        return number

    def _of_outline(self, number: int, levels: dict[int, int]) -> Line:
        column, cell = next((c, cell) for c, cell in enumerate(self.rows[number]) if cell)
        gap = number > 0 and not any(self.rows[number - 1])
        return Line(self.where(number + 1), cell.replace("\n", " "), levels.get(column, 0), indent=2 * column, gap=gap)

    def _header(self, number: int) -> int:
        """How many rows a header takes that begins at a row; 0 where none does."""
        cells = self.rows[number]
        if not _all_names(cells) or self._pairs[number]:
            return 0
        kinds = self._named(column_kinds(cells), number)
        below = self.rows[number + 1] if number + 1 < len(self.rows) else []
        if len(set(cells) - {""}) > 1 and len(below) == len(cells) and _all_names(below) and _completes(cells, below):
            both = list(map(_whole_heading, cells, below))
            joined = self._named(column_kinds(both), number + 1)
            if is_header(joined) and sum(map(bool, joined)) >= sum(kind not in ("", "period") for kind in kinds):
                self._begin(both, joined)
                return 2
        known = known_headings(cells, kinds) * 2 >= sum(map(bool, cells))
        if not known or not (is_header(kinds) or is_directory(kinds) or tells_facts(kinds)):
            return 0
        self._begin(cells, kinds)
        return 1

    def _begins_below(self, number: int) -> bool:
        """Whether a title of one cell stands at or right below a row, and the header of another table below it, with
        nothing but short rows between."""
        if len(set(self.rows[number]) - {""}) > 1:
            return False
        filled = (n for n in range(number, len(self.rows)) if any(self.rows[n]))
        below = list(itertools.islice(filled, _ABOVE_A_TABLE))
        if not below or len(set(self.rows[below[0]]) - {""}) > 1:
            return False
        for n in below:
            if is_header(column_kinds(self.rows[n])) and _all_names(self.rows[n]):
                return True
            if len(set(self.rows[n]) - {""}) > 2:
                return False
        return False

    def _named(self, kinds: list[str], number: int) -> list[str]:
        """The kinds of columns, where names that stand under a heading such as 内容 are titles, and what no heading
        tells shows in the cells."""
        if "title" in kinds and "office" not in kinds:
            return with_offices(kinds, self.rows[number + 1 :])
        if not tells_facts(kinds):
            return kinds
        column = kinds.index("explanation")
        told = [row[column] for row in self.rows[number + 1 :] if column < len(row) and row[column]]
        names = sum(len(text) <= 30 and "。" not in text for text in told)
        if names * 2 > len(told):
            return ["title" if n == column else kind for n, kind in enumerate(kinds)]
        return kinds

    def _begin(self, names: list[str], kinds: list[str]) -> None:
        self.names, self.kinds, self.above = [heading_name(name) for name in names], kinds, []

    def _record(self, number: int) -> list[dict[str, str]]:
        """The rows of label and value that tell of one thing, from a row on; what is said of the plan once, above all
        records, is in none."""
        if number in self._of_all_records:
            return []
        found: list[dict[str, str]] = []
        for pairs in self._pairs[number:]:
            again = found and "title" in pairs and any("title" in row for row in found)
            if not pairs or again or (found and pairs.get("group") != found[0].get("group")):
                break
            found.append(pairs)
        kinds = {kind for row in found for kind in row}
        return found if ("title" in kinds or "office" in kinds) and len(kinds) > 1 else []

    @cached_property
    def _pairs(self) -> list[dict[str, str]]:
        """The labels and values of each row."""
        return [label_pairs(cells) for cells in self.rows]

    @cached_property
    def _of_all_records(self) -> range:
        """The rows above the records that say the plan's name, once in the table, and its period, from that name on."""
        named = [number for number, pairs in enumerate(self._pairs) if "plan" in pairs]
        if len(named) != 1:
            return range(0)
        others = (
            number for number, pairs in enumerate(self._pairs)
            if any(self.rows[number]) and not (pairs and set(pairs) <= {"plan", "period", "explanation"})
        )  # fmt: skip
        return range(named[0], next(others, len(self.rows)))

    def _of_record(self, number: int, record: list[dict[str, str]]) -> Iterator[Line]:
        facts: dict[str, str] = {}
        for row in record:
            for said, value in row.items():
                again = said == "office" and "office" in facts  # 担当課, then 連絡先
                kind = ("phone" if re.search(r"\d", value) else "") if again else said
                facts[kind] = f"{facts[kind]} {value}" if kind in facts and kind in ("explanation",) else value
        place = self.where(number + 1)
        text = " ".join(value for row in record for value in row.values())
        if "title" in facts:
            yield Line(place, text, cells=tuple(facts.items()))
            return
        if not facts.get("office"):
            yield Line(place, text)
            return
        phone = f"電話 {facts['phone']}" if facts.get("phone") else ""
        parts = (facts["office"], facts.get("floor", ""), facts.get("counter", ""), phone)
        yield Line(place, "担当: " + " ".join(part for part in parts if part))
        rest = " ".join(value for kind, value in facts.items() if kind not in PLACE)
        if rest:
            yield Line(place, rest)

    def _row(self, number: int) -> Iterator[Line]:
        cells = self.rows[number]
        place = self.where(number + 1)
        distinct = list(dict.fromkeys(cell.replace("\n", " ") for cell in cells if cell))
        if not self.kinds:
            yield Line(place, _labelled(distinct))
            return
        if len(distinct) == 1 and re.fullmatch(r"[\d\-.()]+|[①-⑳㉑-㉟]", distinct[0]):
            yield Line(place, distinct[0])  # the number of a row that nobody filled in
            return
        if _TOTAL.fullmatch(distinct[0]):
            yield Line(place, " ".join(distinct))
            return
        if len(distinct) == 1 and not self._is_only_title(cells):
            # A row of one cell is a heading or a note between the others.
            said = contact_line(distinct[0], "") is not None or _NOTE.search(distinct[0]) or is_directory(self.kinds)
            yield Line(place, distinct[0], level=0 if said else 6)
            self.above = []
            return
        self.above, repeated = filled_cells(cells, self.above, self.kinds)
        asked = ""
        if "office" not in self.kinds and "title" in self.kinds:
            self.above, asked = contact_apart(self.above)
        if tells_facts(self.kinds):
            yield from self._of_record(
                number, [{k: c for k, c in zip(self.kinds, self.above, strict=False) if k and c}]
            )
            return
        named, told = named_cells(self.above, self.kinds, self.names)
        if named.get("office") and (numbers := _numbers_alone(named.get("title", ""))):
            phone = f"電話 {named['phone']}" if named.get("phone") else ""
            facts = (named["office"], named.get("floor", ""), named.get("counter", ""), phone)
            yield Line(place, f"{numbers}の担当: {' '.join(filter(None, facts))}".replace("\n", " "))
            return
        if asked:
            named["office"] = asked
        if repeated:
            named["repeated"] = " ".join(repeated)
        if told and "directory" not in named:
            named["explanation"] = " ".join([named.get("explanation", ""), *told]).strip()
        yield Line(place, " ".join(distinct), cells=tuple(named.items()))

    def _is_only_title(self, cells: list[str]) -> bool:
        """Whether a row's one cell stands in the column of titles of a table whose other cells stay blank."""
        filled = [n for n, cell in enumerate(cells) if cell]
        return len(filled) == 1 and self.kinds[filled[0] : filled[0] + 1] == ["title"] and filled[0] > 0


def _numbers_alone(title: str) -> str:
    """The numbers in a cell that has nothing but those of initiatives told elsewhere, such as (2)・(3); else empty."""
    title = title.replace("\n", "・")
    return title if _NUMBERS_OF_OTHERS.fullmatch(title) else ""


def _text(cells: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(cell.replace("\n", " ") for cell in cells if cell))


def _all_names(cells: Sequence[str]) -> bool:
    """Whether cells can be headings of columns: short, no sentences, no values."""
    filled = [cell for cell in cells if cell]
    values = sum(len(c) > 24 or "。" in c or bool(re.match(r"[\d①-⑳]", c)) for c in filled)
    return bool(filled) and values * 4 <= len(filled)


def _whole_heading(above: str, below: str) -> str:
    """What a column is called below a heading that spans several: 名称 below 事業 is 事業名称."""
    return f"{above}{below}" if _GENERIC.fullmatch(below) and above != below else below or above


def _completes(cells: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row goes on with the header above: its cells stand below blank, repeated or spanning ones."""
    filled = [n for n, cell in enumerate(below) if cell and cell != cells[n]]
    if len(filled) < 2:
        return False
    beside = [*cells, "-"]
    return all(not cells[n] or cells[n] == beside[n - 1] or beside[n + 1] in ("", cells[n]) for n in filled)


def _labelled(cells: Sequence[str]) -> str:
    """A row of a table that lists no initiatives: label and value in one line, for periods and contacts."""
    if len(cells) == 2 and (announces(cells[0]) or fact_label(cells[0])):
        return ": ".join(cells)
    return " ".join(cells)


def table_lines(rows: Sequence[Sequence[str]], where: Callable[[int], str]) -> Iterator[Line]:
    """The lines of a table: one with cells for each row below a header that names initiatives or offices, one for each
    record of labels and values, else the cells' text.

    Cells that repeat the one above (〃 or, in the columns of a group, blank) are filled in. `where` gives the place of
    a row, from 1.
    """
    return _Table(rows, where).lines()
