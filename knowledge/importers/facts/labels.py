"""Labels inside an initiative or around a list: what they announce is no initiative of its own."""

import re

_AROUND = (
    r"(?:主な|主要な|具体的な?|重点的な?|今後の|本年度の|今年度の|令和\d+年度の|[区市町村県]の|行政の|これからの|関連する|"
    r"その他の)?"
)
_LISTS = re.compile(
    rf"{_AROUND}(?:重点|実施|具体的|個別|構成)?(?:取組|取組み|取り組み|施策|事業|アクション|プロジェクト)"
    r"(?:の?(?:方向性?|内容|一覧表?|項目|体系|紹介|展開|例|方針|概要|状況))*(?:について|です|をご紹介します|は次のとおり(?:です)?)?"
)
_DIRECTORY = re.compile(
    r"(?:(?:付録|資料\d*)\s*)?(?:各?(?:担当|所管|関係)(?:課|部署|窓口)?|(?:各種)?ご?相談(?:窓口|先|機関)|お?問い?合わ?せ先?|窓口|連絡先|各課)(?:の)?(?:一覧表?|案内|のご案内|リスト|連絡先(?:一覧)?|電話番号(?:一覧)?)"
)
_TARGETS = re.compile(
    r"(?:成果|数値|活動|達成|評価|重点|アウトカム|アウトプット)?(?:目標値?|指標)(?:と指標|・指標|\(KPI\))?|KPI|(?:めざす|目指す)(?:成果|数値?|値|水準)|アウトカム"
)
_WORDS_OF_TEXT = (
    r"目的|ねらい|狙い|趣旨|内容|概要|現状|課題|現況|背景|対象|対象者|方法|手法|経緯|理由|必要性|効果|成果|実績|進捗|進捗状況|評価|"
    r"スケジュール|年次計画|予定|予算|予算額|事業費|費用|財源|時期|期間|年度|備考|実施主体|協力団体|関係機関|役割|場所|回数|"
    r"区民の役割|地域の役割|行政の役割|地域ができること|区民ができること|連携先|キーワード|コラム|用語|説明|解説|ポイント|"
    r"関連計画|上位計画|上位・関連計画|区域|対象区域|関連事業|関連施策|関連するSDGs|SDGs|位置づけ|根拠|根拠法令|考え方|基本的な考え方|方向性|めざす姿|目指す姿|"
    r"めざす状態|これまでの取組|注記|写真|図|グラフ"
)
_PEOPLE = (
    r"わたしたち|私たち|一人ひとり|みんな|みなさん|皆さん|皆様|(?:市|区|町|村|住)民|地域|家庭|"
    r"個人|団体|企業|事業者|学校"
)
_OTHERS = rf"(?:{_PEOPLE})(?:の|と|や|・)?"
_WHO = rf"(?:{_OTHERS}|(?:市|区|町|村|県|行政|(?:市|区)役所|町役場)(?:の|と|や|・)?)+"
_DEEDS = (
    rf"{_WHO}(?:が|で|に|の|へ|として)?(?:行う|できる|取り?組む|やる|する|めざす|期待する|(?:の)?お願い(?:したい)?)(?:こと)?|"
    rf"(?:{_OTHERS})+(?:の)?(?:取り?組み?|役割)|(?:なに|何)を(?:する|します|やる)(?:の?か|の)?[?？]?"
)
_TEXTS = re.compile(
    rf"{_DEEDS}|"
    rf"(?:(?:事業|取組|取組み|取り組み|施策)の?|実施|具体的な?|主な|計画|地域の?|区の?|本区の?|これまでの|今後の|期待される|年度別|令和\d+年度の?|前年度の?)*"
    rf"(?:{_WORDS_OF_TEXT})(?:(?:と|・|及び|、)(?:{_WORDS_OF_TEXT}))*(?:等|など)?"
)
_LABEL_AND_VALUE = re.compile(
    r"[【\[〔<〈]?\s*(?P<label>[^:。【】\[\]〔〕<>〈〉]{1,14}?)\s*(?:[】\]〕>〉]\s*[:]?|[:])\s*(?P<value>.+)$"
)
_LABEL_BESIDE_VALUE = re.compile(r"(?P<label>[^\s:。]{2,10}) (?P<value>\S.*)$")


def announces(title: str) -> str:
    """What a heading without a name of its own announces: "list" (initiatives), "target", "text" (of the initiative
    above); empty where it is a name."""
    bare = re.sub(r"[\s()【】\[\]<>〈〉《》「」:・]+$|^[\s(【\[<〈《「]+", "", title)
    if _DIRECTORY.fullmatch(bare):
        return "contact"
    if _TARGETS.fullmatch(bare):
        return "target"
    if _TEXTS.fullmatch(bare):
        return "text"
    return "list" if _LISTS.fullmatch(bare) else ""


def labelled_value(text: str) -> tuple[str, str, str]:
    """(what the label announces, label, value) of a text such as 対象:65歳以上; empty where it has no such label."""
    for match in (_LABEL_AND_VALUE.match(text), _LABEL_BESIDE_VALUE.match(text)):
        if match and (kind := announces(match["label"])) and (match.re is _LABEL_AND_VALUE or kind != "list"):
            return kind, match["label"], match["value"]
    return "", "", ""
