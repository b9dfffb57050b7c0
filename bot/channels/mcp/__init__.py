"""The channel for assistants: the Model Context Protocol, over stdin and stdout or over HTTP.

    run_stdio(answerer, version, taken_stdout())    answers one client until it leaves (stdio.py)
    serve(options, answerer, mount=Mounted)         the same as a part of the HTTP channel (mounted.py)

Read in this order, floor by floor:

    records            what the tools take and give
    quoting            results as text: what is quoted stands between fences, and within a size
    tools              what each tool does
    server             the tools and resources as the protocol has them
    stdio, mounted     the two transports
"""

from bot.channels.mcp.mounted import Mounted
from bot.channels.mcp.server import Assistants
from bot.channels.mcp.stdio import run_stdio, taken_stdout

__all__ = ["Assistants", "Mounted", "run_stdio", "taken_stdout"]
