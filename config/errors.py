"""The error of the settings.

    ConfigError    a setting, its file or its variable cannot be used

A message names the place (a variable, `file: key`), the cause and the next step, and never a secret.
"""


class ConfigError(Exception):
    """A setting, the file it stands in, or the variable that gives it cannot be used."""
