"""What axe-core holds against a page: contrast, names, roles, and what keys do not reach."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
BROWSERS_OWN = ("scrollable-region-focusable",)
"""Chromium lets keys reach whatever scrolls (since 130); axe-core does not know it yet."""
STREAMLITS_OWN = '[data-testid="stToast"]'
"""A toast of Streamlit is named after a title that it does not have; its text is read out all the same."""


def grave_findings(page: Page) -> list[str]:
    """What keeps people from using the page, one line each; lesser advice is left out."""
    found = Axe().run(page, context={"exclude": [[STREAMLITS_OWN]]}).response["violations"]
    return [
        f"{finding['id']}: {finding['help']}: {node['html'][:200]} ({node['failureSummary'][:200]})"
        for finding in found
        if finding["impact"] in GRAVE and finding["id"] not in BROWSERS_OWN
        for node in finding["nodes"]
    ]
