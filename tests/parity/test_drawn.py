"""Hypothesis draws names, options and states; the trees of `venv` and `fastvenv` are equal."""

import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parity import states
from parity.test_trees import build, renews_links, umask
from parity.trees import compare
from platforms import posix_only

pytestmark = pytest.mark.slow

# Control characters are refused or escaped by fastvenv, on purpose; surrogates fail in the standard library.
TEXT = st.characters(exclude_categories=["Cc", "Cs"])
NAMES = (
    st.text(TEXT, min_size=1, max_size=60)
    .map(lambda name: name.replace("/", "\u2215").replace(os.pathsep, "\ua789"))
    .filter(lambda name: name not in {".", ".."})
)
FLAGS = st.booleans()
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "system_site_packages": FLAGS,
        "clear": FLAGS,
        "symlinks": st.sampled_from([True, True, True, False]),  # a copy costs 20 MB
        "upgrade": FLAGS,
        "prompt": st.none() | st.just(".") | st.text(TEXT, max_size=60),
        **({"scm_ignore_files": st.sets(st.sampled_from(["git", "GIT"]))} if sys.version_info >= (3, 13) else {}),
    },
)


@posix_only("it has no such names")
@given(
    name=NAMES,
    options=OPTIONS,
    state=st.sampled_from(states.USABLE),
    mask=st.sampled_from([0o022, 0o002, 0o077]),
)
def test_drawn(name: str, options: dict[str, Any], state: Any, mask: int) -> None:
    """Whatever is asked for, the tree is the standard library's."""
    assume(not renews_links(options, state))

    def action(module: str, env: Path) -> None:
        build(options, module, env.with_name(name))

    def before(env: Path) -> None:
        state(env.with_name(name))

    with TemporaryDirectory() as folder, umask(mask):
        compare(Path(folder) / "sandbox", action, before)


@given(prompt=st.text(TEXT))
def test_drawn_prompts(prompt: str) -> None:
    """A prompt is written to pyvenv.cfg as the standard library writes it."""
    with TemporaryDirectory() as folder:
        compare(Path(folder) / "sandbox", partial(build, {"symlinks": True, "prompt": prompt}))
