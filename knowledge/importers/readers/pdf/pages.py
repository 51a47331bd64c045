"""PDF documents into lines: columns and tables in reading order, broken lines joined."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from knowledge import KnowledgeError
from knowledge.importers.facts.contacts import OFFICE_END, contact_line
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.facts.noise import PAGE_NUMBER
from knowledge.importers.facts.reach import LABEL_WORD
from knowledge.importers.readers.columns import column_kinds, is_header
from knowledge.importers.readers.lines import Line, parts_number, plain
from knowledge.importers.readers.pdf.bullets import with_bullets
from knowledge.importers.readers.pdf.letters import Piece, page_letters, without_readings
from knowledge.importers.readers.pdf.page import read_page
from knowledge.importers.readers.pdf.rows import lines_of, runs_of
from knowledge.importers.readers.pdf.ruled import drawn_boxes
from knowledge.importers.readers.pdf.sides import is_web_page, take_surroundings
from knowledge.importers.readers.tables import table_lines

_MOST_PAGES = 500
_LONGEST_HEADING = 45  # letters
_NEAR = 4  # points
_BEGUN_CONTACT = re.compile(rf"{LABEL_WORD}:\s*([^\s:、。]{{1,8}})$")
_BRACKET_WITHIN = 40  # letters of the next line in which a bracket left open is closed
_REST = 2  # letters of a line that are the rest of the one right above it, whatever the column's edge
_PAGE_NUMBER = re.compile(
    rf"(?:^|\s)\s*{PAGE_NUMBER}$|[-–( ]*\d{{1,3}}(?:\s*/\s*\d{{1,3}})?[-–) ]*$|^[-–( ]*\d{{1,3}}[-–) ]+", re.IGNORECASE
)
_MOST_LEVELS = 5  # sizes of letters above that of the text

Flow = list[tuple[int, list[Piece] | list[list[str]]]]


def pdf_lines(data: bytes, name: str, progress: Callable[[int, int], None]) -> list[Line]:
    """The lines of a PDF with text; KnowledgeError for a scanned, encrypted or broken one. `progress` is told the pages
    read and all pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        why = "パスワードで守られています。外して" if "password" in str(error).lower() else "PDF として読めません。"
        raise KnowledgeError(f"{name}: {why}保存し直してください。") from error
    if len(document) > _MOST_PAGES:
        raise KnowledgeError(f"{name}: {len(document)} ページあります。{_MOST_PAGES} ページまでに分けてください。")
    pages = []
    for number, page in enumerate(document, 1):
        pages.append(with_bullets(page, without_readings(page_letters(page))))
        progress(number, len(document))
    web = is_web_page(pages)
    around = (
        take_surroundings(pages, [p.get_width() for p in document], list(map(drawn_boxes, document))) if web else []
    )
    heads = _running_heads(pages)
    starts: list[float] = []
    read = [
        (n, part) for n, letters in enumerate(pages, 1) for part in read_page(document[n - 1], letters, starts, web)
    ]
    flow = _without_heads(read, heads)
    lines = [*_lines(flow, name), *(Line(f"{name} {n}ページ", f"このページの案内: {text}") for n, text in around)]
    if not lines:
        raise KnowledgeError(f"{name}: 文字がありません（画像だけの PDF）。文字の入った PDF か Word を使ってください。")
    return lines


def _running_heads(pages: Sequence[Sequence[Piece]]) -> set[tuple[str, int]]:
    """(text, place on the page) of what stands at the top or bottom of most pages, and of page numbers."""
    counts: Counter[tuple[str, int]] = Counter()
    for letters in pages:
        runs = runs_of(letters)
        rows = lines_of(runs)
        heads = [*rows[:1], *rows[-2:]]
        heads += [run for run in runs if any(row.bottom <= run.middle[1] <= row.top for row in heads)]
        counts.update(set(map(_head, heads)))
    return {head for head, count in counts.items() if count >= max(2, len(pages) * 0.6)}


def _head(piece: Piece) -> tuple[str, int]:
    return _without_number(piece.text), round(piece.bottom / _NEAR)


def _without_number(text: str) -> str:
    """A running head without the page's number."""
    return _PAGE_NUMBER.sub("", plain(text)) or "0"


def _without_heads(flow: Flow, heads: set[tuple[str, int]]) -> Flow:
    """The flow without running heads; a title that is then set above every page is said once. Tables that go on over
    pages are one."""
    seen: set[tuple[str, int]] = set()
    kept: Flow = []
    for number, part in flow:
        if part and isinstance(part[0], Piece):
            pieces: list[Piece] = []
            for piece in part:
                assert isinstance(piece, Piece)
                head = _head(piece)
                if head not in heads or (head not in seen and head[0] != "0"):
                    pieces.append(piece)
                seen.add(head)
            if pieces:
                kept.append((number, pieces))
        elif kept and _goes_on(kept[-1][1], part):
            kept[-1] = (kept[-1][0], _one_table(kept[-1][1], part))
        else:
            kept.append((number, part))
    return kept


def _goes_on(before: Sequence[Any], table: Sequence[Any]) -> bool:
    """Whether a table is the rest of the one before it."""
    return bool(before) and isinstance(before[0], list) and len(before[0]) == len(table[0])


def _one_table(above: Sequence[Any], below: Sequence[Any]) -> list[Any]:
    """The rows of a table that goes on over pages: its header once, and a row that a page's end parts as one."""
    rows = [list(row) for row in above]
    rest = [list(row) for row in below[below[0] == above[0] :]]
    kinds = column_kinds(rows[0])
    parted = rest and is_header(kinds) and len(rows) > 1 and not rest[0][kinds.index("title")]
    office = kinds.index("office") if "office" in kinds else None
    if parted and (office is None or not rest[0][office]):
        rows[-1] = [cell + further for cell, further in zip(rows[-1], rest.pop(0), strict=True)]
    return rows + rest


def _levels(flow: Flow) -> dict[tuple[float, str], int]:
    """Looks of letters (size, font) that set headings apart → level, 1 is highest."""
    letters: Counter[tuple[float, str]] = Counter()
    short: Counter[tuple[float, str]] = Counter()
    lines: Counter[tuple[float, str]] = Counter()
    for _, part in flow:
        for piece in part:
            if isinstance(piece, Piece):
                letters[_look(piece)] += len(piece.text)
                lines[_look(piece)] += 1
                short[_look(piece)] += len(piece.text) <= _LONGEST_HEADING and "。" not in piece.text
    if not letters:
        return {}
    size, font = letters.most_common(1)[0][0]
    larger = sorted({look[0] for look in short if short[look] and look[0] > size * 1.08}, reverse=True)[:_MOST_LEVELS]
    levels = {look: larger.index(look[0]) + 1 for look in short if look[0] in larger}
    for look in short:
        if (
            look not in levels
            and size * 0.98 <= look[0]
            and look[1] != font
            and (letters[look] * 3 < letters[size, font] or short[look] * 10 >= lines[look] * 9)
        ):
            levels[look] = len(larger) + 1
    return levels


def _look(piece: Piece) -> tuple[float, str]:
    return piece.size, piece.font


def _titled(flow: Flow) -> set[str]:
    """The kinds of markers whose lines are titles of their own: where such a line ends before its column does, a text
    that is set further in begins below it."""
    short: Counter[str] = Counter()
    above: Counter[str] = Counter()
    for _, part in flow:
        column = [piece for piece in part if isinstance(piece, Piece)]
        edge = max((piece.right for piece in column), default=0.0)
        for before, piece in itertools.pairwise(column):
            kind = read_marker(plain(before.text)).kind
            if kind and "。" not in before.text and not _is_full(before, edge):
                short[kind] += 1
                above[kind] += _set_in(before, piece) and not read_marker(plain(piece.text)).kind
    return {kind for kind, count in short.items() if above[kind] > 1 and above[kind] * 3 >= count * 2}


def _set_in(before: Piece, after: Piece) -> bool:
    return 0.4 * before.height < after.left - before.left < 3 * before.height


def _lines(flow: Flow, name: str) -> Iterator[Line]:
    levels, titled = _levels(flow), _titled(flow)
    open_line: Line | None = None
    last: Piece | None = None
    edge = 0.0
    for number, part in flow:
        where = f"{name} {number}ページ"
        if part and not isinstance(part[0], Piece):
            if open_line:
                yield open_line
            open_line = last = None
            rows = [row for row in part if isinstance(row, list)]
            yield from table_lines(rows, lambda row, where=where: f"{where}の表 {row}行目")  # type: ignore[misc]
            continue
        column = [piece for piece in part if isinstance(piece, Piece)]
        column_edge = max(piece.right for piece in column)
        left = min(piece.left for piece in column)
        for before, piece in itertools.pairwise([None, *column]):
            assert piece is not None
            if before is None and last and abs(last.left - piece.left) <= _NEAR:
                edge = max(edge, column_edge)  # what stands right below it is set as wide as it may be
            title_ends = bool(open_line and open_line.level and last and _look(last) != _look(piece))
            goes_on = open_line and last and not title_ends and _continues(last, piece, edge)
            if open_line and last and goes_on and not _begins_text(last, piece, edge, titled):
                open_line = replace(open_line, text=plain(open_line.text + piece.text))
            else:
                if open_line:
                    yield open_line
                text = plain(piece.text)
                level = levels.get(_look(piece), 0) if len(text) <= _LONGEST_HEADING and "。" not in text else 0
                gap = before is not None and before.bottom - piece.top > piece.height * 0.9
                indent = round((piece.left - left) / max(1.0, piece.height) * 2)
                open_line = Line(where, text, level, indent=indent, gap=gap)
            last, edge = piece, column_edge
    if open_line:
        yield open_line


def _is_full(piece: Piece, right_edge: float) -> bool:
    """Whether a line fills its column."""
    return piece.right >= right_edge - piece.height * (4 if len(piece.text.strip()) >= 12 else 1.5)


def _begins_text(before: Piece, after: Piece, edge: float, titled: set[str]) -> bool:
    """Whether the text below a title that happens to fill its column begins, rather than the title's second line."""
    title = read_marker(plain(before.text)).kind in titled and "。" not in before.text
    return title and _set_in(before, after) and (_is_full(after, edge) or after.text.rstrip().endswith("。"))


def _kanji_or_kana(text: str) -> bool:
    return bool(re.fullmatch(r"[ぁ-ゖァ-ヺー一-鿿]+", text))


def _closes_bracket(text: str, new: str) -> bool:
    """Whether a line closes right at its beginning the bracket in which the one above it ends: 【拡, 充】."""
    opened = re.search(r"[【\[〔(「『〈《<][^【\[〔(「『〈《<】\]〕)」』〉》>]{0,6}$", text)
    return bool(opened and re.match(r"[^【\[〔(「『〈《<】\]〕)」』〉》>]{0,6}[】\]〕)」』〉》>]", new))


def _continues(before: Piece, after: Piece, right_edge: float) -> bool:
    """Whether a line goes on in the next: it fills its column, ends no sentence, and nothing new begins."""
    text, new = before.text.strip(), plain(after.text)
    if (re.search(r"\d-$", plain(text)) and re.match(r"\d", new)) or parts_number(plain(text), new):
        return True
    # An office's name that the line's edge parts looks like an office of its own.
    parted = (begun := _BEGUN_CONTACT.search(plain(text))) and not OFFICE_END.search(begun[1])
    begins = bool(read_marker(new).kind) or (not parted and contact_line(new, "") is not None)
    if _closes_bracket(plain(text), new):
        return True
    alike = abs(after.size - before.size) <= 0.05 * max(after.size, before.size)
    ends = re.search(r"[。．!?」】]$", text) or contact_line(plain(text), "") is not None
    open_bracket = plain(text).count("(") > plain(text).count(")") and ")" in new[:_BRACKET_WITHIN]
    ends = ends and not open_bracket
    rest = len(new) <= _REST and _kanji_or_kana(new) and 0 <= before.bottom - after.top < 0.9 * after.height
    full = _is_full(before, right_edge) or (rest and len(text) > 3 * _REST)
    return full and not begins and not ends and alike
