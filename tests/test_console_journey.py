"""From signing in to a resident's answer, in a real browser, with every click counted."""

from flask import Flask
from playwright.sync_api import Page, expect

from handlers.commands.desk import Desk
from knowledge.accounts import add_account
from knowledge.models import EntryRow

PASSWORD = "とてもながいパスワード123"


class Hand:
    """Clicks, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, role: str, name: str, inside: str = "body") -> None:
        self.clicks += 1
        self.page.locator(inside).get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


def test_a_counter_number_is_corrected_checked_published_and_seen(page: Page, web: Flask, desk: Desk) -> None:
    with desk.sessions() as session:
        add_account(session, "hanako", "admin", PASSWORD, desk.now())
        office = session.query(EntryRow).filter_by(title="放置自転車追放啓発活動").one().office
        assert office is not None
        name = office.name
        session.commit()
    hand = Hand(page)
    page.goto("/console/")
    page.get_by_label("名前").fill("hanako")
    page.get_by_label("パスワード").fill(PASSWORD)
    hand.click("button", "サインイン")
    hand.click("link", "担当", "nav")
    hand.click("link", name, "main")
    page.get_by_label("窓口").fill("12")
    hand.click("button", "下書きに保存する")
    hand.click("link", "公開", "nav")
    expect(page.get_by_role("heading", name="検査")).to_be_visible(timeout=20_000)  # the page looks again by itself
    expect(page.locator("main")).to_contain_text("誤りなし")
    expect(page.locator(".differences")).to_contain_text("④番 → ⑫番")
    page.get_by_label("公開の理由").fill("窓口の移転")
    hand.click("button", "公開する")
    expect(page.locator("main")).to_contain_text("公開版 2 を公開しました")
    page.wait_for_timeout(2000)
    page.goto("/")
    page.locator("#q").fill("駅前の自転車がじゃま")
    hand.click("button", "聞く")
    expect(page.locator("#talk")).to_contain_text("⑫番窓口")
    assert hand.clicks <= 10
    page.goto("/console/releases")
    page.get_by_role("button", name="公開版 1 に戻す").click()
    expect(page.locator("main")).to_contain_text("公開版 1 に戻しました")
    page.wait_for_timeout(2000)
    page.goto("/")
    page.locator("#q").fill("駅前の自転車がじゃま")
    page.get_by_role("button", name="聞く").click()
    expect(page.locator("#talk")).to_contain_text("④番窓口")
