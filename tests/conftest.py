"""What all tests share: how hypothesis draws; variables and a cache of images; file systems that a test mounts."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, settings

import seeding
from circumstances import mounted
from platforms import is_root

# A shell starts what runs in its background with interrupts ignored, and Python and its children leave that so.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, max_examples=200, print_blob=True)
# For a long look now and then: pytest --hypothesis-profile=thorough. Slow tests take a share of a profile's examples.
settings.register_profile("thorough", settings.get_profile("default"), max_examples=5000)
settings.load_profile("ci" if os.environ.get("CI") else "default")


# What changes the pip that is installed, beside fastvenv's own variables; docs/environment.md tells how.
CHANGING = {"ENSUREPIP_OPTIONS", "PYTHONNODEBUGRANGES", "PYTHONOPTIMIZE", "PYTHONPYCACHEPREFIX", "SOURCE_DATE_EPOCH"}


@pytest.fixture(scope="session", autouse=True)
def nothing_of_the_developers(tmp_path_factory):
    """One cache for all tests without one of their own; no variable of the developer's that changes what is made."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            ours = name.startswith("FASTVENV_") and not name.startswith("FASTVENV_TEST_")
            if ours or name in CHANGING:
                patch.delenv(name)
        patch.setenv("FASTVENV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A cache with an image in it, to take copies of."""
    root = tmp_path_factory.mktemp("filled")
    environ = {**os.environ, "FASTVENV_CACHE_DIR": str(root / "cache")}
    environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    subprocess.run([sys.executable, "-c", seeding.CREATE, root / "env"], env=environ, check=True)
    return root / "cache"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of the test's own, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    # Copies of 13 MB, by the hundred, would wear out the disk's patience; tests of copies ask for them.
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    return folder


@pytest.fixture
def mount():
    """Mounts a tmpfs with these options; unmounted in the end."""
    with contextlib.ExitStack() as stack:

        def mount(folder, options):
            folder.mkdir(exist_ok=True)
            stack.enter_context(mounted(folder, options))
            return folder

        yield mount


@pytest.fixture
def mount_image(tmp_path):
    """Mounts a new file system that this command makes, by this driver; unmounted in the end."""
    folder = tmp_path / "mounted"

    def mount_image(command, driver="auto"):
        if not is_root() or not shutil.which(command):
            pytest.skip(f"{command} is not here, or file systems can't be mounted")
        with (tmp_path / "image").open("wb") as file:
            file.truncate(512 << 20)
        subprocess.run([command, file.name], check=True, stdout=subprocess.DEVNULL)
        folder.mkdir()
        mount = ["mount", "-o", "loop", "-t", driver, file.name, str(folder)]
        if subprocess.run(mount, capture_output=True).returncode:
            folder.rmdir()
            pytest.skip("file systems can't be mounted here")
        return folder

    yield mount_image
    if folder.exists():
        subprocess.run(["umount", "-l", str(folder)], check=True)
