"""How long `quoth mcp` takes to greet and to answer, and whether its memory stays flat.

    python -m benchmarks.mcp_calls [--calls 1000] [--mode auto|legacy] [--data-dir DIR]

The SDK's own client calls the tools in turn, over stdin and stdout. Memory is what the process holds alone (RssAnon),
after the first call, a tenth of the calls, and all of them.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import time
from pathlib import Path

from mcp import Client, StdioServerParameters

CALLS = (
    ("ask", {"question": "When does the bridge close?"}),
    ("search", {"query": "bridge ferry harbour", "k": 20}),
    ("list_articles", {"order": "index"}),
    ("ask", {"question": "Which dinosaurs played chess?", "k": 5}),
)


def children() -> dict[int, str]:
    """Return the processes that this one started, with their memory in MB."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if re.search(rf"^PPid:\s+{os.getpid()}$", text, re.MULTILINE) and (
            held := re.search(r"^RssAnon:\s+(\d+)", text, re.MULTILINE)
        ):
            found[int(status.parent.name)] = f"{int(held[1]) / 1024:.1f} MB"
    return found


async def run(calls: int, mode: str, data_dir: str | None) -> None:
    """Call, and print."""
    arguments = ["-m", "bot.__main__", "mcp", *(["--data-dir", data_dir] if data_dir else [])]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
    began, seconds = time.perf_counter(), list[float]()
    async with Client(server, mode=mode) as client:
        print(f"greeted after {time.perf_counter() - began:.2f} s ({client.protocol_version})")
        for number in range(calls):
            tool, taken = CALLS[number % len(CALLS)]
            began = time.perf_counter()
            result = await client.call_tool(tool, taken)
            seconds.append(time.perf_counter() - began)
            if result.is_error:
                sys.exit(str(result.content))
            if number + 1 in (1, calls // 10, calls):
                print(f"{number + 1} calls: {', '.join(children().values())}")
    ordered = sorted(seconds)
    print(
        f"a call: median {statistics.median(seconds) * 1e3:.1f} ms, p95 {ordered[int(len(ordered) * 0.95)] * 1e3:.1f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--mode", default="auto")
    parser.add_argument("--data-dir")
    given = parser.parse_args()
    asyncio.run(run(given.calls, given.mode, given.data_dir))
