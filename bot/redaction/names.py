"""Names of people, by Sudachi's knowledge of names and by what people put around them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.redaction.patterns import Found
from nlp.tokenise import tokenise_raw

_PLACEHOLDER = "〔名前〕"
_FAMILY, _GIVEN, _ANY_NAME = "姓", "名", "一般"
_HONORIFICS = frozenset(("さん", "様", "さま", "氏", "くん", "君", "ちゃん", "はん", "殿", "どの", "先生"))
# What follows a name when people say who they are.
_SAYS_ONE_IS = re.compile(
    r" ?(?:と(?:申|もう)し|と(?:言|云)い|という(?:者|もの)|といい(?:ます|まし)"
    r"|っていい(?:ます|まし)|っちゅう(?:もん|者)|と名乗)"
)
_IS = re.compile(r" ?(?:です|でございます|だけど|ですけど|やけど|やねん|じゃ|だが|やで|\(|、\d|〔)")
_IS_END = re.compile(r" ?(?:より)?(?:[。.!]|$)")
_INTRODUCED = re.compile(
    r"(?:名前|氏名|なまえ|本名|姓名)(?:は|が|:|、|・|=| )+"
    r"(?P<name>[^\s、。,.!?はをにで〔]{2,10}?(?: [^\s、。,.!?は〔\d]{1,6}?)?)"
    r"(?=です|と(?:申|い|言)|で、|、|。|,|やで|や。| |〔|$)"
)
_I_AM = re.compile(
    r"(?:わたし|ワタシ|私|僕|ぼく|ボク|俺|うち)[はハ、] ?(?P<name>[ァ-ヺー]{2,8}) ?(?=です|デス|やけど|と)"
)
_SELF = re.compile(
    r"(?:^|[、。\s〕!はの]|わたし|私|僕|ぼく|俺|うち|わし)"
    r"(?P<name>[^\s、。,.!?はの〔〕\d]{2,10}?(?: [^\s、。,.!?はの〔〕\d]{1,6}?)?)"
    r" ?(?=と(?:申します|もうします|申しまして|いいます|言います|いう(?:者|もの))|っていいます|っちゅう(?:もん|者))"
)
_ENGLISH = re.compile(
    r"(?:[Mm]y name is|[Nn]ame:|[Tt]his is|[Ii] am called) (?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+){0,2})"
)
# How a name is read, behind it.
_READ_SO = re.compile(r"〔 ?\((?P<name>[ぁ-んァ-ヶー ]{3,14})\)")
_KANA_HONORED = re.compile(r"(?<![ァ-ヺー])(?P<name>[ァ-ヺー]{2,8})(?=さん|様|ちゃん|くん|氏)")
# Words in katakana that さん follows without being names.
_CALLINGS = re.compile(
    r"(?:ヘルパー|ベテラン|コーディネーター|ケアマネ(?:ー?ジャー)?|ボランティア|スタッフ|ママ|パパ|ドクター|ナース|ドライバー|オーナー|リーダー|アドバイザー|ワーカー|"
    r"サポーター|マネージャー|コーチ|シェフ|パート|バイト|アルバイト|ゾウ|クマ|サル|ネコ|イヌ|ウサギ|カラス|オッ|ジイ|バア|オジ|オバ|ニイ|ネエ|オカア|オトウ|"
    r"セールスマン|タクシー|コンビニ|スーパー|センター|オペレーター|ミナ|オク|カウンセラー|サービス|メーカー|ガス|ヤクルト|シニア|リハビリ|デイ|ボット)$"
)
# Said of themselves in other ways (何々という取組, 何々といいます): words that are no names.
_NO_NAMES = re.compile(
    r"(?:何|なん|どう|こう|そう|これ|それ|制度|事業|活動|取組|施策|計画|施設|病気|場所|会|所|課|員|区|市|駅|園|校|ところ|もの|こと|名前|等|など)$"
)
_MASKED_BEFORE, _MASKED_AFTER = re.compile(r"〔[ (、]*$"), re.compile(r"[ )、]*〔")
_KIN = re.compile(r"(?:(?:息子|娘|孫|長男|長女|次男|次女|主人|旦那)の|(?:妻|夫|嫁|父|母|祖母|祖父)[、 の] ?)$")
_GIVEN_AFTER = re.compile(
    r" ?(?!さん|様|さま|氏|くん|君|ちゃん|はん|殿|どの|先生|[のがをはにでもと])([一-鿿々]{1,3}|[ぁ-んァ-ヶー]{2,4}?)"
    r"(?= ?(?:です|と申|ともうし|といい|と言い|という者|さん|様|氏|くん|君|ちゃん|\(|〔))"
)
_INFLECTED = re.compile(r"[ぁ-ん]{2,}$")


# Places that are as often families.
_PLACES_TOO_WORDS = (
    "松本 福島 山口 宮崎 長崎 千葉 石川 福井 岡山 秋田 香川 熊本 高知 奈良 滋賀 長野 富山 福岡 川崎 豊田 池田 大津 "
    "西宮 平野 上野 吹田 高槻 茨木 守口 大東 三田 小野 宮本 中野 上田 水戸 金沢 広島 青山 品川 目黒"
)
_PLACES_TOO = frozenset(_PLACES_TOO_WORDS.split(" "))


def _kind_of_name(morpheme: Any, after: str = "") -> str:
    kind = morpheme.part_of_speech()
    if kind[2] == "人名":
        return str(kind[3])
    if kind[2] == "地名" and after in _HONORIFICS:
        return _FAMILY
    return _FAMILY if morpheme.surface() in _PLACES_TOO else ""


def find_names(text: str) -> Iterator[Found]:
    """Names in plain letters: a family with a given name, a name with さん, and whoever says who they are."""
    for pattern in (_INTRODUCED, _SELF):
        for match in pattern.finditer(text):
            name = match["name"]
            if not _NO_NAMES.search(name) and _says_a_name(name):
                yield match.start("name"), match.end("name"), _PLACEHOLDER
    for pattern in (_ENGLISH, _READ_SO):
        for match in pattern.finditer(text):
            yield match.start("name"), match.end("name"), _PLACEHOLDER
    for match in _I_AM.finditer(text):
        if _says_a_name(match["name"]) and not _CALLINGS.search(match["name"]):
            yield match.start("name"), match.end("name"), _PLACEHOLDER
    for match in _KANA_HONORED.finditer(text):
        if not _CALLINGS.search(match["name"]):
            yield match.start("name"), match.end("name"), _PLACEHOLDER
    yield from _known_names(text, list(tokenise_raw(text)))


def _says_a_name(text: str) -> bool:
    """Whether what someone says to be called can be a name: Sudachi knows one in it, or it is no other word."""
    morphemes = tokenise_raw(text)
    return (
        any(_kind_of_name(m) for m in morphemes)
        or (len(morphemes) <= 4 and not _INFLECTED.search(text))
        or (len(text) <= 7 and all(m.part_of_speech()[0] in ("名詞", "感動詞", "接尾辞") for m in morphemes))
    )


def _known_names(text: str, morphemes: Sequence[Any]) -> Iterator[Found]:
    following = [*(m.surface() for m in morphemes[1:]), ""]
    kinds = [_kind_of_name(m, after) for m, after in zip(morphemes, following, strict=False)]
    at = 0
    while at < len(morphemes):
        if not kinds[at]:
            at += 1
            continue
        last = at
        while last + 1 < len(morphemes) and (
            kinds[last + 1]
            or (morphemes[last + 1].surface() in " ・=" and last + 2 < len(morphemes) and kinds[last + 2])
        ):
            last += 1
        start, end = morphemes[at].begin(), morphemes[last].end()
        found = [kind for kind in kinds[at : last + 1] if kind]
        after = morphemes[last + 1].surface() if last + 1 < len(morphemes) else ""
        rest = text[end:]
        whole = len(found) > 1 and found[0] != _GIVEN and _GIVEN in found and not _names_a_thing(morphemes, at, last)
        if found[0] == _FAMILY and not whole and (longer := _given_name_after(morphemes, last, rest)):
            end, whole = longer, True
            rest = text[end:]
            after = ""
        if _cut_from_a_word(morphemes, at) or text[start:end].endswith("屋"):
            at = last + 1
            continue
        told = after in _HONORIFICS or _SAYS_ONE_IS.match(rest) or _of_kin(text[:start])
        if whole or told or (found[0] == _FAMILY and _says_who_writes(text[:start], rest)):
            yield start, end, _PLACEHOLDER
        at = last + 1


def _says_who_writes(before: str, rest: str) -> bool:
    """Whether a family name alone says who writes: 田中です, 電話 090-… 田中, a sentence of its own."""
    beside = _MASKED_BEFORE.search(before) or _MASKED_AFTER.match(rest)
    signed = before.rstrip()[-1:] in ("。", "!") and _IS_END.match(rest)
    return bool(beside or signed or _IS.match(rest))


def _of_kin(before: str) -> bool:
    return bool(_KIN.search(before))


def _names_a_thing(morphemes: Sequence[Any], first: int, last: int) -> bool:
    """Whether a full name is but part of a thing's name (何々資料館), or words in kana that look like one."""
    name = "".join(m.surface() for m in morphemes[first : last + 1])
    if " " in name and re.fullmatch("[ぁ-んー ]+", name):
        return True
    if last + 1 >= len(morphemes):
        return False
    after = morphemes[last + 1]
    return (
        after.part_of_speech()[0] == "名詞"
        and after.part_of_speech()[2] != "人名"
        and after.surface() not in _HONORIFICS
    )


def _cut_from_a_word(morphemes: Sequence[Any], at: int) -> bool:
    """Whether a name in hiragana begins within what is another word to a reader (く・ちょうさん)."""
    if at == 0 or not re.fullmatch("[ぁ-ん]+", morphemes[at].surface()):
        return False
    before = morphemes[at - 1]
    return bool(re.fullmatch("[ぁ-ん]+", before.surface())) and before.part_of_speech()[0] != "助詞"


def _given_name_after(morphemes: Sequence[Any], last: int, rest: str) -> int:
    """Where a given name ends that Sudachi does not know as one: the rest up to what follows names; 0 for none."""
    match = _GIVEN_AFTER.match(rest)
    if not match or last + 1 >= len(morphemes) or match[1] in _HONORIFICS:
        return 0
    return int(morphemes[last].end()) + match.end()
