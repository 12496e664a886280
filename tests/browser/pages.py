"""Looking at pages: when one has come to rest, and pictures of it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

_LOADING = ".mantine-Loader-root, .mantine-Skeleton-root:visible"
# A picture of the page now and one a little later are the same, and nothing says that it is loading.
_QUIET = """() => new Promise((done) => {
  let left = 6, last = "";
  const look = () => {
    const now = document.body.innerText.length + ":" + document.getElementsByTagName("*").length;
    left = now === last ? left - 1 : 6;
    last = now;
    if (left <= 0) done(true); else setTimeout(() => requestAnimationFrame(look), 40);
  };
  look();
  setTimeout(() => done(false), 5000);
})"""


def settled(page: Page) -> None:
    """Wait until a page has a heading, loads nothing any more and its size stays the same."""
    expect(page.get_by_role("heading").first.or_(page.get_by_role("alert").first).first).to_be_visible()
    expect(page.locator(_LOADING)).to_have_count(0)
    page.evaluate(_QUIET)
