"""A panic in Rust is an exception like others in Python, and the interpreter goes on."""

import itertools

import pytest

import fastvenv
import faults
from platforms import posix_only

pytestmark = posix_only("strace makes the system calls fail")

LINKS = {"symlinks": True}


def test_a_panic_is_a_runtime_error(tmp_path):
    """Rust's library panics when a folder that was listed can't be closed: that is a RuntimeError, and no more."""
    env = tmp_path / "env"
    whole = faults.fresh(env, **LINKS)
    calls = faults.all_calls(env, **LINKS)
    closes = [two for one, two in itertools.pairwise(calls) if faults.closes_a_listing(one, two)]
    if not closes:
        pytest.skip("no folder is listed in the way that panics")
    faults.reset(env)
    outcome = faults.run_with("error=EIO", closes[0], env, **LINKS)
    assert outcome.status == 0
    assert outcome.raised["class"] == "RuntimeError"
    assert "fastvenv has a bug, please report it: unexpected error" in str(outcome.raised["text"])
    assert any("is incomplete" in note for note in outcome.raised["__notes__"])
    fastvenv.create(env, **LINKS)
    assert faults.snapshot(env) == whole
