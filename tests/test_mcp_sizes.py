"""Results for assistants: how long they may be, and that what is cut is told with how to go on."""

from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from bot.channels.mcp.quoting import MOST
from index.model import Article, Paragraph
from tests.mcp_clients import record_of, text_of
from tests.test_mcp import assisting, shelved


@pytest.mark.slow
async def test_results_keep_to_their_size_and_say_how_to_go_on(tmp_path: Path) -> None:
    words = [f"The ledger of ship {number} lists {'barrels and ropes ' * 50}." for number in range(40)]
    ledger = Article("Ledger", tuple(map(Paragraph, words)), path="a.txt", date="2024-01-01")
    many = [
        Article(
            f"Ship {number} {'of the long line ' * 20}", (Paragraph(f"Ship {number} sails."),), path=f"{number}.txt"
        )
        for number in range(60)
    ]
    with shelved(tmp_path, ledger, *many) as answerer:
        article = answerer.articles.titled("Ledger")
        assert article is not None
        async with assisting(answerer, "auto") as (client, _):
            asked = await client.call_tool("ask", {"question": "What does the ledger of ship 7 list?", "k": 5})
            assert len(text_of(asked)) <= MOST["ask"]
            texts = await _all(client, "read_article", {"article_id": article.id, "count": 40}, "from", "paragraphs")
            assert [one["text"] for one in texts] == [
                passage.text for passage in answerer.articles.of(article).passages
            ]
            titles = await _all(client, "list_articles", {"order": "index", "limit": 50}, "offset", "articles")
            assert len({one["article_id"] for one in titles}) == 61
            found = await _all(client, "search", {"query": "ledger barrels", "k": 20}, "offset", "passages")
            places = [(one["article_id"], one["paragraph"]) for one in found]
            assert len(set(places)) == len(places) >= 40


async def _all(client: Client, tool: str, arguments: dict[str, Any], onward: str, key: str) -> list[dict[str, Any]]:
    """Return what a tool gives in all its parts, going on as each part says."""
    found, cuts = list[dict[str, Any]](), 0
    while True:
        result = await client.call_tool(tool, arguments)
        record = record_of(result)
        assert len(text_of(result)) <= MOST[tool]
        found += record[key]
        cuts += record["truncated"]
        if "next" not in record:
            assert cuts
            return found
        assert f"{onward}={record['next']}" in text_of(result)
        arguments = {**arguments, onward: record["next"]}


async def test_a_text_that_no_result_can_hold_is_cut_and_told(tmp_path: Path) -> None:
    whole = "y" * 50_000
    with shelved(tmp_path, Article("Long", (Paragraph(f"Ropes {whole}"),), path="a.txt")) as answerer:
        async with assisting(answerer, "auto") as (client, _):
            for tool, arguments in (("ask", {"question": "ropes"}), ("search", {"query": "ropes"})):
                result = await client.call_tool(tool, arguments)
                if record_of(result)["passages"]:
                    assert record_of(result)["truncated"]
                    assert MOST[tool] - 1000 < len(text_of(result)) <= MOST[tool]
