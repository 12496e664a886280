"""`make screenshots`: pictures of every page at three widths, light and dark, with content, and a page that shows them."""

from __future__ import annotations

import argparse
import html
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Error, ViewportSize, sync_playwright

from tests.browser.office import Office
from tests.browser.pages import settled
from tests.browser.scenery import make_scenery
from tests.browser.scenes import Scene, scenes
from tests.browser.stack import HOUSE, running
from tests.browser.windows import Windows, chromium

PICTURES = HOUSE / "build" / "screenshots"
SIZES: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1024, "height": 768},
    {"width": 390, "height": 844},
)
_DAY_SECONDS = 1_200.0
"""Slow enough that people rest while they are painted."""


def main() -> int:
    """Take them. 1 where a page complained meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("--only", help="the pages whose name begins so")
    chosen = parser.parse_args()
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="wend-pictures-") as folder,
        running(Path(folder) / "wend", _DAY_SECONDS) as stack,
    ):
        with closing(Office(stack.address)) as office:
            found = scenes(make_scenery(office))
        wanted = {name: scene for name, scene in found.items() if name.startswith(chosen.only or "")}
        with sync_playwright() as playwright, closing(chromium(playwright)) as browser:
            windows = Windows(browser, stack.address)
            taken = _take(windows, wanted)
            windows.close()
    (PICTURES / "index.html").write_text(_index(taken))
    sys.stdout.write(f"{len(taken)} pictures: {PICTURES.relative_to(HOUSE)}/index.html\n")
    for complaint in windows.complaints:
        sys.stdout.write(f"a page complained: {complaint}\n")
    return 1 if windows.complaints else 0


def _take(windows: Windows, wanted: dict[str, Scene]) -> list[str]:
    taken = []
    for name, scene in wanted.items():
        for dark in (False, True):
            for size in SIZES:
                # Each at its own size from the start: a canvas fits the drawing to the window when it opens.
                page = windows.open(scene.place, size=size, dark=dark)
                try:
                    settled(page)
                    scene.hands(page)
                    settled(page)
                except (AssertionError, Error) as error:
                    windows.complaints.append(f"{name} was not to be seen: {str(error).splitlines()[0]}")
                file = f"{name.replace(' ', '-')}-{size['width']}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=PICTURES / file)
                taken.append(file)
                page.context.close()
    return taken


def _index(files: list[str]) -> str:
    pictures = "\n".join(
        f'<figure><a href="{name}"><img src="{name}" loading="lazy" alt=""></a><figcaption>{html.escape(name)}</figcaption></figure>'
        for name in files
    )
    style = "body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px}figure{margin:0}img{height:320px;border:1px solid #999}"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>{style}</style>\n{pictures}\n</html>\n'


if __name__ == "__main__":
    sys.exit(main())
