"""The commands, related ones in one module; `bot.__main__` declares their options.

Only here and in `bot.__main__` are settings, index and channels put together.
"""
