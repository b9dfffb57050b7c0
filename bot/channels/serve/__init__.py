"""The HTTP channel: one page for people, and an API for programs.

    serve(options, answerer)     runs until a stop is asked for (app.py)

Read in this order, floor by floor:

    options                           what it is given: address, token, limits
    problems, models                  what is said of an error; what the API takes and gives
    worker, variants, metrics         the one thread that searches; what an answer depends on; numbers
    html, page/                       HTML that cannot be forged; what people see
    api, endpoints, openapi, pages    what the API does, path by path; the same as OpenAPI; the pages on the wire
    gate, app                         who comes in; the life of the channel
"""

from bot.channels.serve.app import Mount, serve
from bot.channels.serve.options import Limits, ServeOptions

__all__ = ["Limits", "Mount", "ServeOptions", "serve"]
