"""What a message wants, decided from its text and the snapshot alone."""

from datetime import date

from intents.decision import Decision
from intents.office_lookup import find_office
from intents.rules import first_rule
from knowledge.document import Office
from knowledge.snapshot import Snapshot
from nlp import parameters as p
from nlp.normalise import normalise

_TURNS_TO_GENERAL = {"human", "complaint", "unknown"}


def decide(question: str, snapshot: Snapshot, today: date, general: Office, elsewhere: str, top: int = 3) -> Decision:
    """The decision about one message; `elsewhere` is a word for places that are not this ward's.

    The ranking is in the decision whatever the intent, for those who look at how a question was understood.
    """
    text = normalise(question)
    if not text:
        return Decision("unknown", False, (), general, release=snapshot.release)
    matches = snapshot.find(text, today, top).matches
    rule = first_rule(text)
    if rule and rule.intent == "emergency":
        return Decision("emergency", True, matches, service=rule.service, release=snapshot.release)
    office = find_office(text, snapshot.offices)
    if office:
        return Decision("office", True, matches, office, release=snapshot.release)
    if rule:
        turned = general if rule.intent in _TURNS_TO_GENERAL else None
        return Decision(rule.intent, True, matches, turned, release=snapshot.release)
    if matches and matches[0].score >= p.ANSWER_THRESHOLD and elsewhere not in text:
        return Decision("initiative", True, matches, matches[0].entry.office or general, release=snapshot.release)
    return Decision("unknown", False, matches, general, release=snapshot.release)
