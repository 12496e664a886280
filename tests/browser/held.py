"""A line as slow as a test wants it: requests that leave their page when they are let go, so that a race has one course."""

from __future__ import annotations

from playwright.sync_api import Page, Route


class Held:
    """Requests of a page that are held, and how many there were."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[Route] = []
        self._holding = True

    def __len__(self) -> int:
        return len(self._routes)

    def hold(self, address: str) -> None:
        """Hold each request to such an address from now on."""
        self._page.route(address, self._meet)

    def let_go(self) -> None:
        """Let those go that are held. Whatever comes later passes, and is counted."""
        self._holding = False
        # One may come while another one goes.
        for route in tuple(self._routes):
            route.continue_()

    def _meet(self, route: Route) -> None:
        self._routes.append(route)
        if not self._holding:
            route.continue_()
