"""What the comparisons share."""

import pytest

from platforms import IS_WINDOWS


@pytest.fixture(autouse=True)
def one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a launcher of pip contains the time at which it was made: give both the same."""
    if IS_WINDOWS:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
