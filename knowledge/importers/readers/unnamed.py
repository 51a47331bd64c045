"""Tables that have no heading above their columns: what they hold by what stands in them."""

import re
from collections.abc import Sequence

from knowledge.importers.facts.contacts import contact_line, fact_label, read_office
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.facts.periods import read_period

_FEWEST = 3  # columns, and rows that show what they hold
_FEWEST_WITH_FACTS = 2  # rows, where each says where its office is
_SEEN = 30  # rows that are looked at for what a column holds
_LONGEST_NAME = 45  # letters
_PHONE = re.compile(r"\W*(?:☎|℡|TEL|電話)?\s*[:.]?\s*\(?\d[\d()\-]{5,14}\d\W*", re.IGNORECASE)
_FLOOR = re.compile(r".{0,8}(?:\d+|[一二三四五六七八九])\s*(?:階|F)\s*(?:.{0,6}番(?:窓口)?)?")
_COUNTER = re.compile(r"(?:[①-⑳㉑-㉟㊱-㊿]|\d{1,3})\s*番?(?:窓口)?")
_OFFICE_LINE = re.compile(r"[課係室局所署館会]|センター|担当|グループ|問い?合")
_NUMBERISH = re.compile(r"[\d①-⑳,.%円人件回\s\-()]+")


def _cells(row: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(cell for cell in row if cell))


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= _LONGEST_NAME and "。" not in text and not _NUMBERISH.fullmatch(text)


def _is_told_name(text: str) -> bool:
    """Whether the first line of a cell is a name and the others tell of it."""
    name, _, told = text.partition("\n")
    return _is_name(name) and "。" in told


def _has_facts(cell: str) -> bool:
    return _is_office(cell) and bool(re.search(r"\d", cell))


def _is_office(text: str) -> bool:
    return len(text) <= 60 and "。" not in text and read_office(text.replace("\n", " "), "", labelled=True) is not None


def _share(cells: Sequence[str], count: int) -> float:
    return count / max(1, len(cells))


def _kind(cells: Sequence[str]) -> str:
    """What most cells of a column are; "name" for names, empty for nothing known."""
    tests = (
        ("phone", lambda c: bool(_PHONE.fullmatch(c))),
        ("floor", lambda c: bool(_FLOOR.fullmatch(c))),
        ("counter", lambda c: (bool(_COUNTER.fullmatch(c)) and "番" in c) or bool(re.fullmatch("[①-㊿]", c))),
        ("period", lambda c: bool(read_period(c)[1]) and len(c) <= 30),
        ("office", _is_office),
        ("name", _is_told_name),
        ("explanation", lambda c: "。" in c or len(c) > _LONGEST_NAME),
        ("name", _is_name),
    )
    return next((kind for kind, test in tests if _share(cells, sum(map(test, cells))) >= 0.7), "")


def contact_apart(cells: Sequence[str]) -> tuple[list[str], str]:
    """(the cells of a row without the contact that one of them ends in, on a line of its own; that contact); the cells
    and "" where none does."""
    for column, cell in enumerate(cells):
        above, parted, last = cell.rpartition("\n")
        listed = read_marker(last).kind in {read_marker(line).kind for line in above.split("\n")} - {""}
        asked = _OFFICE_LINE.search(last) and (contact_line(last, "") or _is_office(last))
        if parted and not listed and asked:
            return [*cells[:column], above, *cells[column + 1 :]], last
    return list(cells), ""


def _with_contacts(rows: Sequence[Sequence[str]]) -> list[str]:
    """The kinds of the two columns of a table of names beside texts that end in their contacts; empty for others."""
    filled = [row for row in rows if _cells(row)]
    ended = [row for row in filled if contact_apart(row)[1]]
    if len(filled) < 2 or len(ended) < 0.7 * len(filled) or {len(row) for row in filled} != {2}:
        return []
    return ["title", "explanation"] if all(_is_name(row[0]) and "\n" in row[1] for row in ended) else []


def kinds_by_content(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """(number of the first row of a list, what each of its columns holds in the words of `columns.column_kinds`) for a
    table whose cells show it: offices in one column, names that differ in another. (0, []) for others."""
    full = [n for n, row in enumerate(rows) if len(_cells(row)) >= _FEWEST]
    filled = [n for n, row in enumerate(rows) if _cells(row)]
    if len(full) < _FEWEST_WITH_FACTS or len(full) < 0.6 * len(filled):
        return 0, _with_contacts(rows)
    width = max(len(rows[n]) for n in full)
    columns = [[rows[n][c] for n in full if c < len(rows[n]) and rows[n][c]] for c in range(width)]
    kinds = [_kind(cells) if cells else "" for cells in columns]
    for column, kind in enumerate(kinds):
        if kind not in ("", "name") and kind in kinds[:column]:
            kinds[column] = ""
    names = [c for c, kind in enumerate(kinds) if kind == "name" and len(columns[c]) >= 0.9 * len(full)]
    if not names or "office" not in kinds:
        return 0, _with_contacts(rows) if len(full) < _FEWEST else []
    if len(full) < _FEWEST and not all(map(_has_facts, columns[kinds.index("office")])):
        return 0, _with_contacts(rows)
    title = max(names, key=lambda c: (len(set(columns[c])), c))
    if len(set(columns[title])) < 0.8 * len(full):
        return 0, []
    kinds = [
        "title" if c == title else "section" if kind == "name" and c < title else "" if kind == "name" else kind
        for c, kind in enumerate(kinds)
    ]
    asked = kinds.index("office")
    headed = asked < len(rows[full[0]]) and bool(rows[full[0]][asked]) and not _is_office(rows[full[0]][asked])
    return full[headed], kinds  # headings in words that nobody knows are no row


def with_offices(kinds: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    """The kinds of columns, with offices where the cells of one without a kind name them. `below`: the rows."""
    told = list(kinds)
    for column, kind in enumerate(kinds):
        cells = [row[column] for row in below[:_SEEN] if column < len(row) and row[column]]
        if not kind and len(cells) > 1 and "office" not in told and _kind(cells) == "office":
            told[column] = "office"
    return told


def levels_by_column(rows: Sequence[Sequence[str]]) -> dict[int, int]:
    """Column → level of the headings in it, 1 is highest, of a sheet that is written as an outline: one cell in a row,
    further right what stands below. Empty for others."""
    filled = [row for row in rows if any(row)]
    single = [next((c, cell) for c, cell in enumerate(row) if cell) for row in filled if len(_cells(row)) == 1]
    used = sorted({column for column, _ in single})
    if len(single) < 0.8 * len(filled) or len(used) < 2:
        return {}
    levels: dict[int, int] = {}
    for column in used[:-1]:
        cells = [cell for c, cell in single if c == column]
        heads = sum(_is_name(cell) and not contact_line(cell, "") and not fact_label(cell) for cell in cells)
        if _share(cells, heads) >= 0.6:
            levels[column] = len(levels) + 1
    return levels
