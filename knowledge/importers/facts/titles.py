"""Titles of plans, as headings print them."""

import re

from knowledge.importers.facts.markers import clean_title

_KINDS = r"(?:ビジョン|計画|方針|プラン|構想|戦略|指針|大綱|プログラム|アジェンダ|ロードマップ)"
_YEAR = r"(?:\s?20\d\d(?![年/.\-~→])|\s?\d{4}(?=\s|$)|\s?\d{1,2}(?:\.\d)?(?=$|[\s(\[【~〜])|\s?[ⅠⅡⅢⅣⅤ])?"
_EDITION = r"(?:\s*[(]\s*第(?:\d+|[一二三四五六七八九十]+)[期次版]\s*[)])?"
_BYNAME = r"(?:\s*「[^「」]{2,20}」(?=$|[\s(]))?"  # 計画「すこやか21」
_TAIL = re.compile(
    r"\s*(?:[(〔\[【〈<《→「~〜～―–-].*|(?:令和|平成|R|H|20\d\d|['’]?\d|第\d+期).*|概要版?|本編|本文|素案|案|改定版?|中間見直し|ダイジェスト(?:版)?|"
    r"(?:の|に基づく|における|に掲げる|にもとづく)?\s*(?:実施|重点|主な|具体的な?|個別|年度別)*\s*"
    r"(?:施策|事業|取組|取組み|取り組み|アクション|進捗|進行|体系|内容|項目|施策体系)*の?(?:一覧表?|概要|体系図?|内容|管理(?:表|シート)?|シート|状況|紹介|の展開|)?"
    r"(?:\s*[(【〔\[].*)?|(?:の(?:取組|取り組み|内容|主な取組|重点取組))?について|(?:の)?(?:あらまし|お知らせ|ポイント)|の(?:策定|改定|見直し|公表)(?:について|の?お知らせ|にあたって)?(?:\s*[(].*)?|を(?:策定|改定|作成|更新|公表|つく|まと|定め|お知らせ).*|ができました.*|が(?:まとま|決ま|スタート).*)$"
)
_KIND = re.compile(rf"{_KINDS}{_YEAR}{_EDITION}{_BYNAME}")
_PARTED = re.compile(r"[(〔\[【「~〜～―]")
_LONGEST = 45  # letters of a title
_ONLY_A_KIND = re.compile(
    rf"(?:運営|基本|本|同|当|この|区|市|町|実施|行動|推進|上位|関連|個別|各|前|次期|全体|年次|現行|総合|広報)?(?:の|する)?{_KINDS}$"
)
_FOREIGN = re.compile(
    r"^(?:この|その|本|当|同|前|次|過去の|これまでの|以前の|ほかの|他の|上位|関連|第\d章)|"
    rf"(?:を|に|が|は|する|した|的な|ための)(?:運営)?{_KINDS}$"
)
ONE_OF_SEVERAL = re.compile(r"^[【〔\[(<〈]?\s*その\s*[0-9一二三四五六七八九]\s*[】〕\])>〉]?[:.、]?\s*(?=\S)")
_IN_FRONT = re.compile(
    rf"{ONE_OF_SEVERAL.pattern}|"
    r"^\W*(?:令和|平成|R|H)?\d{1,4}年度?\s*(?:から|[~〜～-])\s*(?:令和|平成|R|H)?\d{1,4}年度?(?:まで)?(?:の|[^\w]*\s+)(?=\S)|"
    r"^【[^】]*】(?=.)|^(?:別冊|別紙|付属|附属)\d*\s+|^\((?:別冊|別紙|付属|附属)\d*\)\s*|"
    r"^(?:計画名|計画の名称|名称|特集|巻頭特集|特集記事|トピックス)\s*(?::|\s)\s*"
)
_TOLD_OF = re.compile(
    r"^[^「」『』。]{1,16}[「『](?P<title>[^」』]*)[」』](?P<tail>.*(?:策定|改定|公表|スタート|始ま|まとま|できました|決ま).*)$"
)
_QUOTED = re.compile(r"^[「『【《]\s*(?P<title>[^」』】》]*)\s*[」』】》](?P<tail>.*)$")


def plan_title(text: str) -> str:
    """The plan's title in a heading that names one and says nothing else; empty where it names none."""
    text = _IN_FRONT.sub("", text).strip()
    if "。" in text or "、" in text:
        return ""
    if quoted := _QUOTED.match(text):
        return _named(quoted["title"]) if not quoted["tail"] or _TAIL.match(quoted["tail"]) else ""
    if told := _TOLD_OF.match(text):
        return _named(told["title"])
    named = _named(clean_title(text))
    if not named and (inside := re.search(r"\(([^()]{4,40})\)$", text)) and _named(inside[1]) == inside[1].strip():
        return inside[1].strip()
    return named


def _named(text: str) -> str:
    """The longest title that the text begins with, where what follows it says nothing else."""
    found, end = "", 0
    for kind in _KIND.finditer(text):
        title, tail = text[: kind.end()], text[kind.end() :]
        if len(title) > _LONGEST or (found and _PARTED.search(text[end : kind.start()])):
            break
        if not tail or _TAIL.match(tail):
            found, end = title.strip(), kind.end()
    if "。" in found or len(found) < 4 or _ONLY_A_KIND.match(found) or _FOREIGN.search(found):
        return ""
    return found
