"""A thousand questions from forty needs: each need in its own wordings, asked politely, curtly, in kana, with slips."""

import random
from pathlib import Path

# Written by several people; d to f and k to o by some who knew nothing of the code. All but k to o were looked at while
# the code was written: no phrase of a set is taken over into what it knows, but what they showed to be missing is.
ENDS = ("", "_b", "_c", "_d", "_e", "_f", "_k", "_l", "_m", "_n", "_o")
SETS = {f"needs{end}": Path(__file__).with_name(f"needs{end}.txt") for end in ENDS}
_BEFORE = (
    "", "", "", "すみません、", "教えてください。", "あの、", "ちょっと聞きたいんですけど、", "はじめまして。",
    "お世話になります。", "急いでます。", "母のことで、",
)  # fmt: skip
_AFTER = (
    "", "", "", "のですが", "んですけど", "。どうしたらいい?", "。教えてください", "。どこに行けばいいですか",
    "どないしたらええの", "?", "！！", "、お願いします", "について知りたい",
)  # fmt: skip


def make_questions(count: int = 1000, seed: int = 7, of: str = "needs") -> list[tuple[str, str]]:
    """(question, need), shuffled; the same for a seed on every machine. `of`: the name of a set of needs."""
    chance = random.Random(seed)
    needs = [line.split("|") for line in SETS[of].read_text(encoding="utf-8").splitlines()]
    made = []
    for need, wordings in needs:
        asked: set[str] = set()
        while len(asked) < count // len(needs):
            question = chance.choice(_BEFORE) + chance.choice(wordings.split(";")) + chance.choice(_AFTER)
            if chance.random() < 0.1 and len(question) > 6:  # two letters changed places
                at = chance.randrange(len(question) - 1)
                question = question[:at] + question[at + 1] + question[at] + question[at + 2 :]
            asked.add(question)
        made += [(question, need) for question in sorted(asked)]
    chance.shuffle(made)
    return made
