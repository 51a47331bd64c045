"""What a municipality's site sets on all of its pages, around what one of them says."""

import re

_OF_EVERY_PAGE = re.compile(
    r"検索|サイト(?:内検索|マップ)|お?問い?合わ?せ(?:フォーム)?|メニュー|ホーム|トップ(?:ページ)?|ログイン|アクセス|本文へ.*|"
    r"English|中文|한국어|(?:Foreign )?Languages?|Foreign|多言語|やさしい(?:日本語|にほんご)|音声読み上げ|"
    r"ふりがな|ルビ|文字(?:の大きさ|サイズ)(?:変更)?|背景色(?:変更)?|標準|拡大|縮小|[大中小黒白青]|"
    r"個人情報.*|プライバシー.*|著作権.*|リンク.*|アクセシビリティ|免責事項|よくある(?:ご)?質問|組織から探す|"
    r"(?:スマートフォン|携帯|PC)(?:版|サイト)?",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[^\s\d、。]{1,8}[都道府県市区町村](?:役所|役場)?(?:\s?[A-Za-z][A-Za-z ]*)?"
    r"\s?(?:公式)?(?:ホームページ|ウェブサイト|サイト)?"
)


def only_leads(text: str) -> bool:
    """Whether most of what stands in a line, two and more, is where a site leads to from all of its pages."""
    words = [word for word in re.split(r"[\s|/]+", text) if word]
    found = sum(bool(_OF_EVERY_PAGE.fullmatch(word)) for word in words)
    return found > 1 and found * 2 >= len(words)


def names_site(text: str) -> bool:
    """Whether a line is the name of a municipality or its site and nothing else."""
    return bool(_NAME.fullmatch(text))
