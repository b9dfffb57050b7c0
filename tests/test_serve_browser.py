"""The page in a real browser: Debian's chromium, led by playwright-core, looked at by axe-core.

    apt install chromium; npm install --no-save playwright-core axe-core     # in the checkout, or where NODE_PATH says
    pytest tests/test_serve_browser.py

Without node, chromium or one of the packages it is skipped.
"""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from index import Article, Paragraph
from tests.telegram_shelf import LIGHTHOUSE, SHELF, answering, shelve
from tests.web_wire import serving

ROOT = Path(__file__).parents[1]
TOWER = Article(
    "برج المنارة في كوران",
    (
        Paragraph("بُنيت المنارة سنة 1871. وقبلها كانت النيران تحذّر السفن."),
        Paragraph("صمم برج المنارة المهندسة مارين فوس. وكانت أول امرأة تبني للميناء."),
    ),
    path="tower.txt",
    language="ar",
)
# A long list has a second page.
MORE = tuple(
    Article(
        f"Notice Number {number} of the Harbour", (Paragraph(f"Berth {number} is dredged in spring."),), f"h{number}"
    )
    for number in range(16, 30)
)

pytestmark = pytest.mark.slow


def needed() -> str:
    """What is missing for a walk, "" for nothing."""
    if shutil.which("node") is None:
        return "node is not installed"
    if chromium() is None:
        return "chromium is not installed"
    for name in ("playwright-core", "axe-core"):
        asking = [shutil.which("node") or "node", "-e", f"require.resolve('{name}')"]
        found = subprocess.run(asking, cwd=ROOT, capture_output=True, check=False)
        if found.returncode:
            return f"{name} is not installed: npm install --no-save {name}"
    return ""


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


async def test_asking_reading_paging_going_back_and_sharing_work_in_a_browser(tmp_path: Path) -> None:
    if missing := await asyncio.to_thread(needed):
        pytest.skip(missing)
    shelve(tmp_path, [*SHELF, *MORE, TOWER])
    with answering(tmp_path) as answerer:
        async with serving(answerer) as web:
            process = await asyncio.create_subprocess_exec(
                "node",
                str(ROOT / "tests" / "serve_walk.mjs"),
                f"http://127.0.0.1:{web.port}/",
                str(chromium()),
                cwd=ROOT,
                env={**os.environ},
                stdout=subprocess.PIPE,
            )
            written, _ = await process.communicate()
    assert process.returncode == 0
    walks: list[dict[str, Any]] = json.loads(written)
    assert [(walk["locale"], walk["javaScriptEnabled"]) for walk in walks] == [
        ("en", True), ("en", False), ("ar", True), ("ar", False),
    ]  # fmt: skip
    for walk in walks:
        assert (walk["errors"], walk["violations"], walk["wide"]) == ([], [], [])
        own = TOWER if walk["locale"] == "ar" else LIGHTHOUSE
        assert walk["direction"] == ("rtl" if walk["locale"] == "ar" else "ltr")
        # Word for word.
        assert walk["quote"] == own.paragraphs[1].text
        assert walk["mark"] in walk["quote"]
        assert walk["mark"] == walk["back"] == walk["same"] == walk["again"]
        assert walk["quote"] in walk["target"]
        assert (walk["turned"], walk["returned"]) == (True, True)
        assert "chess" in walk["missing"]
        assert walk["heading"]
        assert walk["state"]
        # With JavaScript the answer takes the place of the page before it, without one the whole page is loaded.
        assert walk["loadsToAnswer"] == (1 if walk["javaScriptEnabled"] else 2)
