"""Alarms as staff read them, on a page, in a chat, in a mail."""

from bot.alarms.models import Alarm

KINDS = {"surge": "急に増えた話題", "unanswered": "答えられない質問の増加", "digest": "きのうのまとめ", "trial": "試し"}
_PAGE = "職員用の画面の「質問」（/console/questions）で確かめ、要るときはお知らせを出してください。"


def is_logged(alarm: Alarm) -> bool:
    """Whether the log tells what an hour usually has."""
    return bool(alarm.figures.get("logged", True))  # older alarms do not say


def usual_words(alarm: Alarm) -> str:
    """What an hour usually has."""
    if not is_logged(alarm):
        return "くらべる記録がまだ少なく、いつもの件数は分かりません"
    return f"いつもは {alarm.usual:.0f} 件ほど" if alarm.usual >= 1.5 else "いつもは 1 件ほどかそれより少ない"


def subject_of(alarm: Alarm) -> str:
    """An alarm in one line."""
    match alarm.kind:
        case "surge":
            return f"「{alarm.topic}」の質問が急に増えています（1時間に {alarm.count} 件）"
        case "unanswered":
            return f"答えられない質問が急に増えています（1時間に {alarm.figures['asked']} 件のうち {alarm.count} 件）"
        case "digest":
            return f"{alarm.figures['day']} の質問 {alarm.figures['asked']} 件のまとめ"
    return "知らせを試しに送りました"


def body_of(alarm: Alarm) -> str:
    """An alarm in full, as plain text."""
    figures = alarm.figures
    lines = [f"{subject_of(alarm)}。"]
    match alarm.kind:
        case "surge":
            lines.append(f"{usual_words(alarm)}。このうち答えられなかった質問は {figures['unanswered']} 件。")
            if others := [word for word in figures["words"] if word != alarm.topic]:
                lines.append(f"いっしょに出る言葉: {'、'.join(others[:5])}")
            lines.append(_PAGE)
        case "unanswered":
            lines.append(f"{usual_words(alarm)}。")
            if figures["words"]:
                lines.append(f"答えられなかった質問に多い言葉: {'、'.join(figures['words'])}")
            lines.append(_PAGE)
        case "digest":
            lines += [
                f"答えた {figures['answered']} 件、「分かりません」と答えた {figures['unknown']} 件。",
                f"住民の評価: 役に立った {figures['good']} 件、違います {figures['wrong']} 件。",
                f"決めていない質問のまとまり {figures['waiting']} 件。",
            ]
            if figures["surges"]:
                told = "、".join(f"{surge['topic']}（1時間に {surge['count']} 件）" for surge in figures["surges"])
                lines.append(f"急に増えた話題: {told}")
            if figures["words"]:
                lines.append(f"答えられなかった質問に多い言葉: {'、'.join(figures['words'])}")
            if figures["notices"]:
                lines.append(f"いま出ているお知らせ: {'、'.join(figures['notices'])}")
        case _:
            lines.append("この知らせが読めれば、設定は正しく働いています。")
    return "\n".join(lines)
