"""What stands in a document and is no initiative: advertisements, notices, navigation, footers, talk about the plan."""

import re

_FOOTER = re.compile(
    r"copyright|all rights reserved|©|"
    r"この(?:ページ|記事)(?:の|に)|ページの先頭|ページトップ|サイトマップ|個人情報の取|免責事項|"
    r"アクセシビリティ|ホームページに関する|関連(?:リンク|情報|ページ|ファイル)|ダウンロード|adobe|pdfファイルを|"
    r"更新日|最終更新|公開日|ページ番号|法人番号|発行(?:・編集|者|:|日)|編集・発行|発行・編集|印刷:",
    re.IGNORECASE,
)
_ADVERTISEMENT = re.compile(
    r"広告|[\[(【]?PR[\])】]|スポンサー|協賛|割引|%\s*(?:OFF|引)|キャンペーン中|無料相談受付|お見積|ご来店|創業\d+年|"
    r"株式会社|有限会社|クリニック|歯科|不動産|買取|リフォーム",
    re.IGNORECASE,
)
_NAVIGATION = re.compile(
    r"^(?:ホーム|トップ(?:ページ)?|TOP|HOME)\b|\s[>＞›»]\s|"
    r"^(?:メニュー|検索|目次|もくじ|索引|サイト内検索|本文へ(?:移動|スキップ)?|前のページ|次のページ|戻る|English|中文|"
    r"한국어|やさしい日本語|文字サイズ.*|-?\s*\d{1,3}\s*-?)$",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"お知らせ|イベント|催し|募集|開催(?:します|のご案内|案内)|講座のご案内|参加者|休館|臨時|開庁時間|開庁日|アクセス|"
    r"発行部数|編集後記|クイズ|プレゼント|表紙|人口と世帯|今月の|カレンダー|パブリック・?コメント|意見募集|アンケート"
)
_ABOUT_THE_PLAN = re.compile(
    r"^(?:(?:本|この|当)?(?:計画|ビジョン|方針|プラン|構想)(?:の|について|とは|全体)?)?(?:策定の?|計画の?|見直しの?)?"
    r"(?:趣旨|背景|目的|位置(?:づけ|付け|付)|期間|対象|概要|構成|体系(?:図)?|推進(?:体制|に向けて)|進行管理|進捗管理|評価|"
    r"はじめに|あいさつ|ごあいさつ|経過|経緯|策定|現状|現状と課題|課題|見直し|資料編?|用語(?:集|解説)|計画期間|"
    r"取組期間|成果指標|数値目標|指標|財政|予算|参考)(?:等|など|一覧|について|とは|に(?:あ|当)たって|にむけて|に向けて)?$|^(?:本|この)?(?:計画|ビジョン|方針)とは"
)
_DATED = re.compile(
    r"(?:\d{1,2}月\d{1,2}日\s*[(（]?[月火水木金土日]|日時|会場|申込(?:方法|先|期限)|定員|参加費|受付(?:時間|期間)|持ち物)"
)


def page_end(text: str) -> bool:
    """Whether a line belongs to the page, not to the document on it."""
    return bool(_FOOTER.search(text)) or bool(_NAVIGATION.search(text))


def page_contact(text: str) -> bool:
    """Whether what follows a line is whom to ask about the page."""
    return bool(re.search(r"この(?:ページ|記事|ホームページ)(?:の(?:内容|作成|担当)|に関する|について)", text))


def advertisement(text: str) -> bool:
    """Whether a heading or line advertises something."""
    return bool(_ADVERTISEMENT.search(text))


def notice(title: str, body: str) -> bool:
    """Whether a heading with its text announces an event or tells news, rather than an initiative."""
    return (bool(_NOTICE.search(title)) and (not body or bool(_DATED.search(body)))) or len(_DATED.findall(body)) >= 2


def about_the_plan(title: str) -> bool:
    """Whether a heading speaks of the plan itself: its aim, its period, how it is watched."""
    return bool(_ABOUT_THE_PLAN.search(title))
