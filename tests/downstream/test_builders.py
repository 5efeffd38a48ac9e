"""Subclasses in the manner of public ones make with fastvenv what they make with the standard library."""

from pathlib import Path

import pytest

from downstream import builders


@pytest.mark.parametrize("name", builders.MAKERS)
def test_same_outcome(name, both):
    """What the builder has seen, and every file that it leaves, is the same."""
    both(Path(builders.__file__), name, "{env}")
