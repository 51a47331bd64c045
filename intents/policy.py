"""What a message wants, decided from its text and the snapshot alone."""

import re
from datetime import date
from itertools import islice

from intents.decision import Decision
from intents.office_lookup import find_office
from intents.rules import find_meaning
from knowledge.document import Office
from knowledge.snapshot import Match, Snapshot
from nlp import parameters as p
from nlp.normalise import normalise
from nlp.tokenise import analyse

_TURNS_TO_GENERAL = {"human", "complaint", "unknown"}
# What people put between two concerns of one message.
_BETWEEN = (
    "と、", "と,", "、あと", "あと、", "あとは", "あともう", "それと", "それから", "もう一つ", "もう1つ", "もうひとつ",
    "ついでに", "また、", "また,", "および", "及び", "並びに",
)  # fmt: skip
_BETWEEN_PARTS = re.compile("|".join(_BETWEEN))
_SHORTEST_CONCERN = 4  # characters
# と and や between nouns, most of them: not in こと, ひと, とき, という, ときどき and the like.
_AND = re.compile(r"(?<=[一-龠ァ-ヶーりき、])(?:と|や)、?(?=[一-龠ァ-ヶa-z])(?!一緒|思|言|違|同|聞|比|会|話|遊|暮|住)")
_MOST_ANDS, _LONGEST_WITH_AND = 2, 24  # joints; characters: who writes more tells one story


def knows(matches: tuple[Match, ...]) -> bool:
    """Whether answering with the best candidate costs less, on average, than saying that one does not know."""
    return bool(matches) and matches[0].score >= p.ANSWER_THRESHOLD


def second_concern(text: str, best: Match | None, snapshot: Snapshot, today: date) -> tuple[Match, Match] | None:
    """The entries of two concerns that a message names one after the other; None where it does not name two.

    Each part must be understood by itself, and they must be different entries. A mere と or や also joins words of one
    concern, so one of them must be `best`, which the whole message leads to; it goes first then.
    """
    if any(map(text.__contains__, _BETWEEN)):
        return _understood(_BETWEEN_PARTS.split(text), snapshot, today)
    if not best or len(text) > _LONGEST_WITH_AND:
        return None
    for joint in islice(_AND.finditer(text), _MOST_ANDS):
        two = _understood([text[: joint.start()], text[joint.end() :]], snapshot, today)
        others = [match for match in two or () if match.entry.id != best.entry.id]
        if len(others) == 1:
            return best, others[0]
    return None


def _understood(parts: list[str], snapshot: Snapshot, today: date) -> tuple[Match, Match] | None:
    """The entries of the first two parts that are understood and lead to different ones."""
    long_enough = [part for part in parts if len(part.strip()) >= _SHORTEST_CONCERN]
    if len(long_enough) < 2:
        return None
    found: list[Match] = []
    for part in long_enough:
        matches = snapshot.find(part, today, 1)
        if knows(matches) and all(m.entry.id != matches[0].entry.id for m in found):
            found.append(matches[0])
    return (found[0], found[1]) if len(found) > 1 else None


def decide(
    question: str,
    snapshot: Snapshot,
    today: date,
    general: Office,
    elsewhere: re.Pattern[str],
    top: int = 3,
    explain: bool = False,
) -> Decision:
    """The decision about one message; `elsewhere` finds what is asked of other places.

    The ranking is in the decision whatever the intent, for those who look at how a question was understood.
    """
    text = normalise(question)
    if not text:
        return Decision("unknown", False, (), general, release=snapshot.release)
    matches = snapshot.find(text, today, top, explain)
    meaning = find_meaning(text, analyse(text), matches[0].score if matches else 0.0)
    if meaning.service:
        return Decision("emergency", True, matches, service=meaning.service, release=snapshot.release)
    decision = _decide_calmly(text, meaning.intent, matches, snapshot, today, general, elsewhere)
    return decision._replace(perhaps=meaning.perhaps) if meaning.perhaps else decision


def _decide_calmly(
    text: str,
    intent: str | None,
    matches: tuple[Match, ...],
    snapshot: Snapshot,
    today: date,
    general: Office,
    elsewhere: re.Pattern[str],
) -> Decision:
    """The decision about a message that tells no emergency; `intent` is what it seems to want; "unknown" where no
    initiative can help."""
    if intent == "unknown" or (intent in (None, "hours") and elsewhere.search(text)):
        return Decision("unknown", False, matches, general, release=snapshot.release)
    if office := find_office(text, snapshot.offices):
        return Decision("office", True, matches, office, release=snapshot.release)
    if intent:
        turned = general if intent in _TURNS_TO_GENERAL else None
        return Decision(intent, True, matches, turned, release=snapshot.release)
    best = matches[0] if knows(matches) else None
    if two := second_concern(text, best, snapshot, today):
        return _both(two, matches, general, snapshot.release)
    if knows(matches):
        return Decision("initiative", True, matches, matches[0].entry.office or general, release=snapshot.release)
    return Decision("unknown", False, matches, general, release=snapshot.release)


def _both(two: tuple[Match, Match], matches: tuple[Match, ...], general: Office, release: int) -> Decision:
    """An answer to two concerns, the first of them first."""
    first, second = two
    rest = [m for m in matches if m.entry.id not in (first.entry.id, second.entry.id)]
    together = (first, second, *rest)[: max(2, len(matches))]
    return Decision("initiative", True, together, first.entry.office or general, also=second, release=release)
