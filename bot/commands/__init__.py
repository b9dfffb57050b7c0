"""What each command does, one module for those that belong together; `bot.__main__` names them and their options.

Only here and in `bot.__main__` are settings, index and channels put together.
"""
