"""What a message wants, decided from its text and the snapshot alone."""

from datetime import date

from intents.decision import Decision
from intents.office_lookup import find_office
from intents.rules import first_rule
from knowledge.document import Office
from knowledge.snapshot import Ranking, Snapshot
from nlp import parameters as p
from nlp.normalise import normalise

_TURNS_TO_GENERAL = {"human", "complaint", "unknown"}


def knows(ranking: Ranking) -> bool:
    """Whether the best candidate is near enough, and nearer than every matter outside the plans."""
    if not ranking.matches:
        return False
    best = ranking.matches[0].score
    return best >= p.ANSWER_THRESHOLD and best >= p.OUTSIDE_FACTOR * ranking.outside


def decide(question: str, snapshot: Snapshot, today: date, general: Office, elsewhere: str, top: int = 3) -> Decision:
    """The decision about one message; `elsewhere` is a pattern of places that are not this ward's."""
    text = normalise(question)
    rule = first_rule(text) if text else None
    if rule and rule.intent == "emergency":
        return Decision("emergency", True, service=rule.service, release=snapshot.release)
    office = find_office(text, snapshot.offices) if text else None
    if office:
        return Decision("office", True, office=office, release=snapshot.release)
    if rule:
        turned = general if rule.intent in _TURNS_TO_GENERAL else None
        return Decision(rule.intent, True, office=turned, release=snapshot.release)
    ranking = snapshot.find(text, today, top)
    if text and elsewhere not in text and knows(ranking):
        best = ranking.matches[0].entry
        return Decision("initiative", True, ranking.matches, best.office or general, release=snapshot.release)
    return Decision("unknown", False, ranking.matches, general, release=snapshot.release)
