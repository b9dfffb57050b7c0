"""What can go wrong with the settings.

    ConfigError    a setting, its file or its variable cannot be used

A message says the place (a variable, `file: key`), the cause and the next step, and never holds a secret.
"""


class ConfigError(Exception):
    """A setting, the file it stands in, or the variable that gives it cannot be used."""
