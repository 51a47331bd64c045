"""What stands in a document and is no initiative: advertisements, notices, navigation, footers, talk about the plan."""

import re

from knowledge.importers.facts.sites import only_leads

_FOOTER = re.compile(
    r"copyright|all rights reserved|©|この(?:ページ|記事|サイト)(?:の|に|を|は)|ページの先頭|ページトップ|免責事項|"
    r"ホームページに関する|adobe|acrobat|より良いウェブサイト|役に立ちましたか|ページID|ページ番号|法人番号|"
    r"^(?:最終)?(?:更新|公開|掲載|発行)日\s*[:\d令平]|^(?:編集・発行|発行・編集|発行者?|発行元|編集|印刷|制作|作成者?|作成元)\s*[:/・]|^発行\s*(?:\S{2,}[区市町村]|令和|20)|"
    r"^[-–(]?\s*\d{1,3}\s*[-–)]\s*(?:編集|発行)|^[(]?\s*(?:事務|本件(?:の|に関する)?)(?:担当(?:者|課)?|お?問い?合わ?せ(?:先)?)\s*[:/]",
    re.IGNORECASE,
)
# Who made the document, and when: 令和7年3月編集・発行 若宮市企画課.
_COLOPHON = re.compile(
    r"(?:^|[年月日\s】\])])(?:編集・?発行|発行・?編集|企画・(?:編集|発行)|作成・発行)(?:者|元)?(?:\s*[:/]|\s+\S)|"
    r"(?:\d[年月日]号?|^)\s*(?:編集|発行|作成)(?:者|元)?\s*[:/]?\s*[^\s、。]{1,12}?(?:[市区町村]|課|室)(?:[^\s、。]{0,12}(?:課|室|局|役所|役場))?(?=[\s(]|$)"
)
_PAGE_LABEL = re.compile(
    r"^(?:サイトマップ|個人情報の取り?扱い?.*|アクセシビリティ.*|関連(?:リンク|情報|ページ|ファイル|資料|書類|サイト)|.{0,12}ダウンロード|"
    r"添付(?:ファイル|資料)|(?:過去|これまで|以前|前年度まで|昨年度まで)の.{0,20}(?:計画|プラン|方針|ビジョン)(?:一覧)?|バックナンバー|外部リンク|リンク集?|よくある質問|メールフォーム.*|.{0,20}[(（]?PDF\s*[:：].{0,20}|"
    r".*(?:KB|MB)[)\]）]?|(?:最終)?(?:更新|公開|掲載)日.{0,20}|現在の?(?:位置|地)\s*:?.*|ここ(?:から|まで)本文.*|印刷(?:する|用ページ)?)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"^(?:〒\s*\d{3}|住所\s*:|所在地\s*:|メール(?:アドレス)?\s*:|E-?mail|Email|https?://|URL\s*:|ホームページ\s*:)",
    re.I,
)
# 3, - 3 -, ― 3 ―, P.3, 1 / 2 ページ, 2ページ中1ページ, Page 1 of 2
PAGE_NUMBER = (
    r"[\-–—―─~(]?\s*(?:全?\s*\d{1,3}\s*(?:ページ|頁)\s*(?:中|のうち)\s*)?(?:P\.?|Page|ページ)?\s*"
    r"\d{1,3}\s*(?:(?:/|of)\s*\d{1,3})?\s*(?:ページ|面|頁)?\s*[\-–—―─~)]?"
)
_NAVIGATION = re.compile(
    r"^(?:ホーム|トップ(?:ページ)?|TOP|HOME)(?:\s|>|$)|\s[>＞›»]\s|"
    r"^(?:(?:もっと|くわしく|詳しく|詳細を?|続きを?)(?:見る|みる|読む|表示|はこちら(?:から)?)|メニュー|検索|目\s?次|もくじ|索引|サイト内検索|本文へ(?:移動|スキップ)?.*|前のページ.*|次のページ.*|戻る|\W{0,2}(?:\d{1,2}(?:面|ページ|頁)|裏面?|表面|中面|次ページ)(?:へ|に|から|より)の?(?:続く|つづく|続き|つづき)\W{0,2}|English|中文|"
    rf"한국어|やさしい日本語|文字サイズ.*|CONTENTS|{PAGE_NUMBER})$",
    re.IGNORECASE,
)
_IN_CONTENTS = re.compile(r"\S\s*(?:[…‥・.]{3,}|[-─]{3,})\s*(?:P\.?)?\d{1,3}$")
_ADVERTISEMENT = re.compile(r"広\s?告|^[\[(【<]?\s*PR\s*[\])】>]?(?:$|\s|[\])】>])|スポンサー|協賛広告", re.IGNORECASE)
_SALES = re.compile(
    r"株式会社|有限会社|\((?:株|有)\)|お見積|見積(?:り)?無料|ご来店|創業\d+年|初回\d*無料|キャンペーン中|ご予約|お任せ|おまかせ|%\s*(?:OFF|引)|"
    r"営業時間|法律事務所|葬儀|(?<!冠婚)葬祭|整骨院|司法書士事務所|行政書士事務所|なら[!！]?$",
    re.IGNORECASE,
)
_TRADES = re.compile(
    r"クリニック|歯科|不動産|買取|割引|無料相談|お気軽に|司法書士|行政書士|リフォーム|工務店|信用(?:金庫|組合)",
    re.IGNORECASE,
)
_CALL = re.compile(r"☎|℡|TEL|電話|0120|フリーダイヤル|\d{2,4}-\d{4}", re.IGNORECASE)
_NOTICE = re.compile(
    r"お知らせ|イベント|催し|募集|開催(?:します|のご案内|案内)|講座のご案内|参加者|休館|臨時|開庁時間|開庁日|アクセス|納期限?|"
    r"発行部数|編集後記|クイズ|プレゼント|表紙|人口と世帯|今月の|カレンダー|パブリック・?コメント|意見募集|人の動き|区の人口|当番医|"
    r"ご意見をお寄せ|ご意見・?ご?(?:要望|感想)"
)
_NEWS = (
    r"(?:お知らせ|イベント(?:情報|案内)?|催し(?:物|案内)?|募集|行事(?:予定)?|暮らしの情報|くらしの情報|情報(?:掲示)?板|"
    r"人の動き|区の人口|人口と世帯数?|編集後記|カレンダー|講座|相談(?:日|案内)|各種相談|休日診療)"
)
_NOTICE_ONLY = re.compile(
    rf"^(?:(?:\d{{1,2}}|今)月の|(?:区|市|町|村)(?:から|役所から)の)?{_NEWS}(?:(?:[・&、/]|と)?{_NEWS})*(?:コーナー|欄)?$"
)
# Among initiatives that are counted, such a name is one of them.
_ASKED_OF_ALL = re.compile(r"^(?:パブリック・?コメント.*|意見募集.*|.{0,10}アンケート(?:にご協力.*)?|次号.*)$")
_POPULATION = re.compile(r"(?:[区市町村]の)?人口(?:[・と]世帯数?)?\s*[(:]")
_TAGGED = re.compile(rf"^[【\[〔<〈《(]\s*(?:{_NEWS}|ご案内)\s*[】\]〕>〉》)]\s*\S")
_ILLUSTRATES = re.compile(
    r"(?:コラム|トピックス?|column|図表?|写真|イラスト|グラフ)\s*(?:[\d\-.:】]|\s|$)", re.IGNORECASE
)
_ASKS = re.compile(r"(?:ますか|ですか|でしょうか|ませんか|てください|です|お寄せください|をご覧ください)[。?!]?$")
# Dates that say when something was made or holds: (2024-2026年度), 令和7年4月1日現在; a year alone may head a section.
_DATE = r"(?:令和|平成|昭和|R|H)?\s*(?:元|\d{1,4})(?!\d)\s*(?:\([^()]{1,8}\))?\s*(?:年度?|月|日)?"
_ONLY_DATES = re.compile(
    rf"\W*(?:(?:計画|対象|実施|取組)?の?期間\W*)?{_DATE}(?:(?:\W{{1,3}}|から|より)?{_DATE})*(?:\W*\d+[かカヵヶケ箇]?年間?)?"
    r"\s*(?:版|現在|時点|策定|改定|改訂|発行|作成|公表|まで)?(?:\s*[^\W\d]{1,7}[市区町村](?:役所|役場)?)?\W*"
)
_OF_A_YEAR = re.compile(r"令和|平成|昭和|[RH]\s*\d|(?:19|20)\d\d")
_MORE_THAN_A_YEAR = re.compile(
    r"月|\d[年度]*\s*(?:[~〜～→\-–—―ー]|から|より)\s*\D{0,3}\d|現在|時点|策定|改定|改訂|発行|作成|公表"
)
_AIM = (
    r"趣旨|背景|目的|位置(?:づけ|付け|付)|期間|対象(?:者|地域|区域)?|区域|概要|あらまし|構成|体系(?:図)?|基本(?:理念|的な考え方)|"
    r"考え方|理念|(?:めざす|目指す)?(?:まち|区|市|町|村|地域|\d+年後)?の?(?:将来像|都市像|姿)|(?:めざす|目指す)べき姿|スローガン"
)
_STATE = (
    r"現状|現状と課題|課題|状況|推移|人口(?:の推移)?|世帯数?(?:の推移)?|データ(?:で見る.*)?|統計|(?:区民)?(?:意識)?(?:アンケート|調査)(?:の結果|結果)?|"
    r"特性|概況|地勢|動向|将来推計|前計画の(?:評価|振り返り)|これまでの取組"
)
_WATCH = (
    r"(?:進捗|進み具合|進行状況|達成状況|実施状況)の?(?:確認|点検|管理|公表|評価|把握)|推進(?:体制|に向けて|にあたって|方策)?|進行管理|進捗管理|点検|評価|実現に向けて|見直し|策定|策定経過|経過|経緯|改定|進め方|"
    r"成果指標|数値目標|指標(?:一覧)?|財政(?:見通し|収支)?|予算|PDCA(?:サイクル)?|推進"
)
_PLAN = (
    r"(?:計画|ビジョン|方針|プラン|構想|戦略|運営方針|アクションプラン)(?:の|について|とは|全体の?|策定の?|における)"
)
_ABOUT = re.compile(
    rf"(?:[^\s、。]{{1,14}}{_PLAN}(?:{_AIM})|"
    rf"(?:(?:本|この|当|市|区|同)?{_PLAN})?(?:策定の?|計画の?|見直しの?|区の|本区の|本市の|市の|地域の|町の)?"
    rf"(?:{_AIM}|{_STATE}|{_WATCH}|はじめに|序|序章|(?:区長|市長|町長)?(?:の)?(?:ごあいさつ|あいさつ|挨拶|メッセージ)|おわりに|むすびに?|"
    rf"資料編?|参考(?:資料|データ)?|付属資料|附属資料|用語(?:集|解説|の説明)|策定委員(?:会)?(?:名簿)?|委員名簿|凡例|この冊子について|"
    rf"目次|奥付)(?:(?:・|と|及び|および|、)(?:{_AIM}|{_STATE}|{_WATCH}))*)"
    rf"(?:等|など|一覧|について|とは|に(?:あ|当)たって|にむけて|に向けて|編)?"
)
_THE_PLAN_IS = re.compile(
    r"^(?:本|この|当)?(?:計画|ビジョン|方針|プラン|運営方針)(?:とは|って)|とは[?？]?$|って(?:なに|何|どんな.{0,8})[?？]?$"
)
_BEFORE = re.compile(
    r"^[<(【〔\[]?(?:参考|付録|(?:参考)?資料\d*|別表\d*)[>)】〕\]]?(?:\s*[:・]\s*|\s+|(?<=[>)】〕\]]))(?=\S)"
)
_BEHIND = re.compile(r"\s*[(〔\[][^()〔〕\[\]]*[)〕\]]$")
# What states the plan's own aim beside the word for it, what only adds to the plan, what tells of those who wrote it.
_STATED_AIM = re.compile(
    r"^(?:(?:計画|本計画|ビジョン|まち|区|市|町|村)の)?(?:基本理念|理念|将来(?:都市)?像|(?:めざす|目指す)(?:まちの|区の|市の|町の)?(?:姿|将来像)|"
    r"スローガン|キャッチフレーズ|キャッチコピー|合言葉)(?:\s*[:「『―~〜]|\s)\s*\S"
)
_ADDED = re.compile(r"^[<(【〔\[]\s*(?:参考|付録|(?:参考)?資料\d*|別表\d*|注)\s*[>)】〕\]]")
_EDITION = re.compile(
    r"[【〔\[(<〈《]?\s*(?:概要版?|素案|原案|最終案|案|ダイジェスト版?|改定版|改訂版|やさしい版|普及版|リーフレット)\s*[】〕\])>〉》]?"
)
_OF_THE_AUTHORS = (
    r"(?:本|当|各)?(?:部|局|室|課|所|署|組織|市役所|区役所|役場|部局)の(?:使命|役割|ミッション|(?:組織)?体制|組織(?:構成|図)?|構成|"
    r"職員(?:数|体制|配置)?|所管(?:事務|業務)|業務(?:内容)?|仕事|経営資源|予算(?:規模)?|基本姿勢|概要|現状|課題)"
)
_FOUND = re.compile(
    rf"^{_OF_THE_AUTHORS}(?:(?:・|と|及び|、).{{1,8}})?$|"
    r"(?:アンケート(?:調査)?|(?:ニーズ|意識|実態|意向|世論|満足度|利用者|住民|区民|市民|町民|来訪者)調査|ヒアリング)"
    r"(?:の?(?:結果|概要|集計|まとめ|回答|結果の?概要)(?:から|より|では|について)?|から|より|では)$|"
    r"(?:の|から(?:の)?|より|主な|いただいた|寄せられた)(?:声|ご?意見|感想|ご?要望)$|"
    r"(?:用語|ことば|言葉|語句|略語)の?(?:ミニ)?(?:解説|説明|意味|集|注釈|手引き?)$|"
    r"^(?:この|本)?(?:計画|ビジョン|プラン|方針)(?:全体)?の(?:全体)?目標$|"
    r"^Q\s*&\s*A(?:\W|$)|^よくある(?:ご)?質問|(?:インタビュー|座談会|対談|体験談)$|"
    r"(?:会|会議|委員|構成員|メンバー|部会)\s?(?:の\s?)?名簿$|^名簿$|"
    r"(?:の|を取り巻く|を取りまく|をめぐる|から見た|で見る|でみる)(?:現状|状況|現況|概況|動向|現状と課題|課題と現状|推移)$|"
    r"(?:年度|前期|前回|昨年度?|第\d+[期次])の?(?:主な)?(?:実績|成果|取組状況|進捗状況|達成状況|評価|取組結果|総括|(?:振り|ふり)(?:返り|かえり))(?:と課題|報告)?$|"
    r"(?<!取組)(?<!施策)(?<!事業)(?<!実施)(?<!進捗)(?<!の)(?:状況|現状|現況|概況|動向)$|"
    r"(?:策定|検討)(?:委員会|協議会|審議会|会議|メンバー)(?:の?(?:委員|構成|開催状況|経過))?(?:\s+委員長.*)?$|"
    r"^(?:数字|統計|データ|グラフ|指標)で(?:みる|見る)"
)
_ON_A_DAY = re.compile(r"\d{1,2}月\d{1,2}日\s*[(（]?(?:[月火水木金土日]|祝)(?:曜日?)?[)）・]")
_DAY = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}/\d{1,2}\s*\(|日時|と ?き(?=[\s:】\])/])|雨天|締切|締め切り")
_DATED = re.compile(
    r"(?:\d{1,2}月\d{1,2}日\s*[(（]?[月火水木金土日]|(?:日時|会場|申込(?:方法|先|期限|み)?|申し込み|定員|参加費|費用|受付(?:時間|期間)|持ち物)(?=[\s:】\])/は]|$)|"
    r"雨天|先着|締切|締め切り|対象\s*[:：]?\s*区内)"
)
# A day of a calendar: 3日(金), 5/3(金・祝), 5月3日 金曜; a text lists some where no initiative is told of.
_CALENDAR_DAY = re.compile(
    r"(?<![\d/])(?:\d{1,2}月\s?\d{1,2}日?|\d{1,2}/\d{1,2}|\d{1,2}日?)\s?(?:[(（]\s?[月火水木金土日](?:曜日?)?\s?(?:[)）・,、/]|祝)|[月火水木金土日]曜)"
)
_FEWEST_DAYS = 2


def page_end(text: str, named: bool = False) -> bool:
    """Whether a line belongs to the page, not to the document on it. `named`: it is numbered as the document's own."""
    if _FOOTER.search(text) or colophon(text):
        return not (named and len(text) <= 30 and "このページ" not in text)
    if named or "。" in text:
        return bool(_NAVIGATION.search(text)) and "。" not in text
    return bool(
        only_leads(text)
        or _NAVIGATION.search(text)
        or _PAGE_LABEL.search(text)
        or _ADDRESS.search(text)
        or _IN_CONTENTS.search(text)
    )


def colophon(text: str) -> bool:
    """Whether a line says who made the document."""
    return bool(_COLOPHON.search(text))


def page_contact(text: str) -> bool:
    """Whether what follows a line is whom to ask about the page."""
    return bool(re.search(r"この(?:ページ|記事|ホームページ)(?:の(?:内容|作成|担当)|に関する|について)", text))


def advertisement(text: str) -> bool:
    """Whether a line says of itself that it advertises."""
    return bool(_ADVERTISEMENT.search(text))


def only_advertises(text: str) -> bool:
    """Whether a line says that something is advertised, and no more."""
    return bool(re.fullmatch(r"\W*(?:広\s?告|PR|協賛広告|広告欄)\W*", text))


def only_to_call(text: str) -> bool:
    """Whether a line gives a number to call and tells nothing."""
    return bool(_CALL.search(text)) and "。" not in text


def commercial(title: str, body: str) -> bool:
    """Whether a heading with its text offers something for sale, though it does not say so. A trade alone, such as
    歯科, is spoken of in plans as well."""
    text = f"{title} {body}"
    sales, trades = set(_SALES.findall(text)), set(_TRADES.findall(text))
    return bool(sales) and len(sales) + len(trades) + bool(_CALL.search(text)) >= 2


def illustrates(title: str) -> bool:
    """Whether a heading is that of a picture, a chart or a column beside the text."""
    return bool(_ILLUSTRATES.match(title))


def news(title: str) -> bool:
    """Whether a heading is that of a paper's columns of news, events or figures, not of one of them."""
    return bool(_NOTICE_ONLY.search(title) or _ASKED_OF_ALL.search(title))


def only_dates(text: str) -> bool:
    """Whether a line is no more than a period or the day on which something was made."""
    dated = len(text) <= 50 and _OF_A_YEAR.search(text) and _MORE_THAN_A_YEAR.search(text)
    return bool(dated and _ONLY_DATES.fullmatch(text))


def tagged_notice(text: str) -> bool:
    """Whether a line says of itself that it is a notice: 【お知らせ】みどりのつどい."""
    return bool(_TAGGED.search(text))


def notice(title: str, body: str, numbered: bool = False, marked: bool = False) -> bool:
    """Whether a heading with its text announces an event or tells news, rather than an initiative. `numbered`: it is
    counted among others, so that days and fees in its text say nothing against it; `marked`: it bears a sign."""
    among_others = numbered or (marked and not _DATED.search(body))
    if (
        _NOTICE_ONLY.search(title)
        or (not among_others and news(title))
        or _ON_A_DAY.search(title)
        or _POPULATION.match(title)
        or _ILLUSTRATES.match(title)
        or _ASKS.search(title)
    ):
        return True
    days = len(set(_CALENDAR_DAY.findall(body)))
    if days >= _FEWEST_DAYS and "。" not in body and not numbered:  # 休日当番医(5月): 3日(金) …, 4日(土) …
        return True
    dated = len(set(_DATED.findall(body)))
    if numbered:  # fees and where to apply are facts of an initiative; an event has its day
        return bool(_NOTICE.search(title)) and dated >= 2 and bool(_DAY.search(body))
    has_day = bool(_DAY.search(body)) or not marked
    return (bool(_NOTICE.search(title)) and dated >= 1 and has_day) or dated >= 3 or (dated >= 2 and "。" not in body)


def edition(text: str) -> bool:
    """Whether a line only says which edition of a document it stands on, such as 概要版 or (素案)."""
    return bool(_EDITION.fullmatch(text))


def states_the_aim(title: str) -> bool:
    """Whether a heading states the plan's aim beside the word for it: 基本理念 みんなで育てるまち."""
    return bool(_STATED_AIM.search(title))


def about_the_plan(title: str) -> bool:
    """Whether a heading speaks of the plan itself or of what it rests on: its aim, its period, its grounds, how it is
    watched, who made it, what people said when asked, what words mean."""
    if _ADDED.search(title):
        return True
    title = _BEHIND.sub("", _BEFORE.sub("", title)).strip()
    if _FOUND.search(title) or _THE_PLAN_IS.search(title):
        return True
    return bool(title) and all(_ABOUT.fullmatch(word) for word in title.split())
