"""What was promised is there after the power went, whatever the disk kept of the rest; and these tests would see it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.power_loss_disk import Names
from tests.power_loss_judges import NAMES, Scenario, recorded
from tests.strace import unavailable

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(unavailable()), reason=f"no recording here: {unavailable()}")]

# Of all of them `python -m benchmarks.power_loss` opens every one.
MOST = int(os.environ.get("POWER_LOSS_STATES", "16"))


def faults(scenario: Scenario, folder: Path, names: Names, *, deaf: bool = False) -> list[str]:
    """Return what is wrong in which of the states, of which about so many are opened, spread over all."""
    cuts = scenario.recording.cuts(names, deaf=deaf, most=MOST)
    said = [scenario.fault(cut, folder / str(number)) for number, cut in enumerate(cuts)]
    found = [one for one in said if one]
    how = f"{names}, deaf" if deaf else names
    sys.stdout.write(f"{scenario.name}, {how}: {len(said)} states opened, {len(found)} bad\n")
    return found


@pytest.fixture(params=NAMES)
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scenario]:
    with recorded(request.param, tmp_path) as one:
        yield one


def test_what_was_promised_survives_the_loss_of_power_and_would_not_without_a_sync(
    scenario: Scenario, tmp_path: Path
) -> None:
    names: tuple[Names, ...] = ("journal", "posix")
    for one in names:
        assert faults(scenario, tmp_path / one, one) == []
    # And a disk that does not listen is told from one that does.
    assert faults(scenario, tmp_path / "deaf", "posix", deaf=True) != []
