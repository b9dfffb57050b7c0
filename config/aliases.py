"""Read the alias file: names, and the other forms in which articles write them.

    US = ["United States", "U.S."]
    "São Paulo" = "Sampa"

It is the one that the setting `aliases` names, else an `aliases.toml` beside `quoth.toml`, else one in the data folder.
"""

from pathlib import Path
from typing import Any

from config import toml_file
from config.errors import ConfigError
from config.logs import redacted
from config.places import config_files
from config.settings import Settings

NAME = "aliases.toml"
_EXAMPLE = 'write it like US = ["United States", "U.S."]'


def aliases(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return the other forms of every name in the alias file, {} without one: {"US": ("United States", "U.S.")}.

    Raises ConfigError when the named file is missing, or a file is no TOML of names and lists of words.
    """
    file = file_in_force(settings)
    if file is None:
        return {}
    table = toml_file.table(file, "set aliases to a TOML file, or remove the setting")
    place = redacted(str(file))
    forms = {name: _forms(place, name, value) for name, value in table.items()}
    _refuse_repeated(place, forms)
    return forms


def file_in_force(settings: Settings) -> Path | None:
    """Return the alias file that counts, None where there is none; one that the setting names need not exist."""
    if settings.aliases is not None:
        return settings.aliases
    places = [*(file.path.parent / NAME for file in config_files()), settings.data_dir / NAME]
    return next((place for place in places if place.exists()), None)


def _forms(place: str, name: str, value: Any) -> tuple[str, ...]:
    forms = [value] if isinstance(value, str) else value
    if not isinstance(forms, list) or not forms or not all(isinstance(form, str) for form in forms):
        raise ConfigError(f"{place}: {name}: its other forms must be a list of words; {_EXAMPLE}")
    blank = next((form for form in (name, *forms) if not any(letter.isalnum() for letter in form)), None)
    if blank is not None:
        raise ConfigError(f"{place}: {name}: {blank!r} contains no word; {_EXAMPLE}")
    return tuple(forms)


def _refuse_repeated(place: str, forms: dict[str, tuple[str, ...]]) -> None:
    names: dict[str, str] = {}
    for name, others in forms.items():
        for form in {form.casefold() for form in (name, *others)}:
            if form in names:
                raise ConfigError(f"{place}: {form!r} is listed under {names[form]} and {name}; keep it in one list")
            names[form] = name
