"""fastvenv.replace_stdlib(): `venv` is fastvenv in the whole process, and afterwards everything is as it was.

Each test has an interpreter of its own: what a process has imported can't be taken back.
"""

import subprocess
import sys
import textwrap

import pytest

# What every program below may use: `state()` says what is bound in the places that are ours to change.
PRELUDE = """
import sys
import fastvenv

def state():
    modules = {name: id(module) for name, module in sys.modules.items() if name.partition(".")[0] == "venv"}
    holders = [sys.modules.get("venv"), fastvenv, sys.modules.get("importer"), sys.modules["__main__"]]
    ignored = {"before", "venv", "error", "_replace", "_cli"}  # the last two are modules of fastvenv itself
    bound = [
        {name: id(value) for name, value in vars(holder).items() if name not in ignored} for holder in holders if holder
    ]
    return modules, bound
"""


@pytest.fixture
def run(tmp_path):
    """Runs a program in a new interpreter that can import `importer`, which has imported from `venv`."""
    importer = "import venv\nfrom venv import EnvBuilder as Theirs, create, main\n"
    (tmp_path / "importer.py").write_text(importer)

    def run(program):
        text = PRELUDE + textwrap.dedent(program)
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


LOADED = pytest.mark.parametrize("first", ["", "import venv", "import importer"], ids=["absent", "loaded", "used"])


@LOADED
def test_every_import_is_of_fastvenv(run, first):
    """All forms of import give fastvenv and what is in it, the submodule of the command line too."""
    run(f"""
    {first}
    fastvenv.replace_stdlib()
    import importlib, importlib.util, venv, venv.__main__
    from venv import EnvBuilder, create, main
    assert venv is fastvenv is importlib.import_module("venv") is __import__("venv")
    assert (EnvBuilder, create, main) == (fastvenv.EnvBuilder, fastvenv.create, fastvenv.main)
    assert importlib.util.find_spec("venv") is fastvenv.__spec__
    assert venv.__main__.__file__.startswith(fastvenv.__path__[0])
    """)


@LOADED
def test_the_exit_puts_everything_back(run, first):
    """After the block the same objects are bound, or absent, whatever was imported and raised in it."""
    run(f"""
    {first}
    before = state()
    try:
        with fastvenv.replace_stdlib():
            import venv, venv.__main__
            assert state() != before
            raise KeyError
    except KeyError:
        del venv
    assert state() == before, (before, state())
    import venv
    assert venv is not fastvenv and venv.EnvBuilder is not fastvenv.EnvBuilder
    """)


@pytest.mark.slow
def test_environments_are_made_by_fastvenv(run, tmp_path):
    """What a program makes with `venv` is what fastvenv makes, by the function and by a subclass."""
    run("""
    fastvenv.replace_stdlib()
    import venv

    class Builder(venv.EnvBuilder):
        def post_setup(self, context):
            print("made", file=open(context.env_dir + "/made", "w"))

    venv.create("one", with_pip=True)
    Builder().create("two")
    fastvenv.create("three", with_pip=True)
    """)
    assert (tmp_path / "two" / "made").exists()
    one, three = (sorted(path.relative_to(tmp_path / name) for path in (tmp_path / name).rglob("*"))
                  for name in ("one", "three"))  # fmt: skip
    assert one == three


def test_earlier_importers_are_served(run):
    """Modules that hold the standard library's module, or names from it, get fastvenv's until the exit."""
    run("""
    import importer
    from venv import CORE_VENV_DEPS, EnvBuilder, logger
    held = importer.venv
    with fastvenv.replace_stdlib():
        assert held is not fastvenv
        assert held.EnvBuilder is EnvBuilder is importer.Theirs is fastvenv.EnvBuilder
        assert (held.create, held.main) == (importer.create, importer.main) == (fastvenv.create, fastvenv.main)
        assert logger is held.logger is fastvenv.logger
        class Builder(held.EnvBuilder): pass
    assert held is importer.venv is sys.modules["venv"]
    assert held.EnvBuilder is EnvBuilder is importer.Theirs is not fastvenv.EnvBuilder
    assert issubclass(Builder, fastvenv.EnvBuilder)
    """)


def test_a_lazy_module_stays_unloaded(run, tmp_path):
    """Looking for earlier importers loads no module that waits for its first use."""
    (tmp_path / "lazy.py").write_text("print('loaded')")
    out = run("""
    import importlib.util, venv
    spec = importlib.util.find_spec("lazy")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules["lazy"] = lazy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lazy)
    fastvenv.replace_stdlib()
    """)
    assert out == ""


@pytest.mark.parametrize("order", ["0 1 2", "2 1 0", "1 0 2", "1 2 0", "0 0 1 1 2"])
def test_the_last_of_nested_ones_ends_it(run, order):
    """Replacements end in any order, some of them twice; until the last one `venv` is fastvenv."""
    run(f"""
    import venv
    before = state()
    replacements = [fastvenv.replace_stdlib() for _ in range(3)]
    del venv
    for index in map(int, {order.split()!r}):
        assert sys.modules["venv"] is fastvenv
        replacements[index].undo()
    del replacements, index
    assert state() == before
    """)


def test_one_that_was_undone_can_not_be_entered(run):
    """A block is never entered in the belief that fastvenv is in place."""
    run("""
    replacement = fastvenv.replace_stdlib()
    replacement.undo()
    try:
        with replacement:
            raise SystemExit("entered")
    except RuntimeError as error:
        assert "undone" in str(error)
    """)


def test_a_subclass_of_before_is_refused_by_name(run, tmp_path):
    """A class that fastvenv could not serve is named, and nothing is changed."""
    inner = "    class Inner(venv.EnvBuilder): pass"
    (tmp_path / "importer.py").write_text(f"import venv\nclass Builder(venv.EnvBuilder):\n{inner}\n")
    run("""
    import importer
    before = state()
    try:
        fastvenv.replace_stdlib()
    except RuntimeError as refused:
        error = str(refused)
    assert "importer.Builder, importer.Builder.Inner" in error, error
    assert "before" in error
    assert state() == before
    """)


def test_a_class_that_nobody_has_any_more_is_not_in_the_way(run):
    """Only classes that can still be used count; they live until the garbage collector has been there."""
    run("""
    import gc, venv
    gc.disable()
    class Builder(venv.EnvBuilder): pass
    del Builder
    assert venv.EnvBuilder.__subclasses__()
    fastvenv.replace_stdlib()
    """)


def test_changes_of_others_are_left_alone(run):
    """What somebody else has put in our place meanwhile stays there."""
    run("""
    import types, importer
    mine = types.ModuleType("venv")
    with fastvenv.replace_stdlib():
        sys.modules["venv"] = mine
        importer.create = print
    assert sys.modules["venv"] is mine
    assert importer.create is print
    assert importer.main is importer.venv.main is not fastvenv.main
    """)


@pytest.mark.parametrize("there", [None, 0], ids=["forbidden", "no module"])
def test_whatever_stands_there_comes_back(run, there):
    """A process that forbids `import venv`, or has its own object there, gets it back."""
    run(f"""
    sys.modules["venv"] = {there}
    with fastvenv.replace_stdlib():
        import venv
        assert venv is fastvenv
    assert sys.modules["venv"] == {there}
    """)


def test_fastvenv_may_be_there_already(run):
    """Where somebody has put fastvenv in place by hand, it is left there."""
    run("""
    sys.modules["venv"] = fastvenv
    with fastvenv.replace_stdlib():
        pass
    assert sys.modules["venv"] is fastvenv
    """)


def test_threads(run):
    """Any number of threads may replace at once: each has fastvenv until it lets go, and the last puts all back."""
    run("""
    import threading, importer
    before, wrong = state(), []
    barrier = threading.Barrier(8)

    def work():
        for _ in range(200):
            with fastvenv.replace_stdlib():
                if sys.modules["venv"] is not fastvenv or importer.create is not fastvenv.create:
                    wrong.append(threading.current_thread())
        barrier.wait()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert not wrong
    del threading, importer, wrong, barrier, work, threads, thread
    after = state()
    assert before[0] == after[0] and before[1][:-1] == after[1][:-1]
    """)


def test_an_import_in_another_thread_is_waited_for(run):
    """Where another thread is in the middle of `import venv`, its module is served when it is whole."""
    run("""
    import threading
    reached, go_on = threading.Event(), threading.Event()

    class Pausing:
        def find_spec(name, path=None, target=None):
            if name == "logging" and "venv" in sys.modules:
                reached.set()
                go_on.wait(30)

    sys.meta_path.insert(0, Pausing)
    importing = threading.Thread(target=__import__, args=["importer"])
    importing.start()
    assert reached.wait(30)
    replacing = threading.Thread(target=fastvenv.replace_stdlib)
    replacing.start()
    replacing.join(0.3)
    assert replacing.is_alive(), "it did not wait"
    go_on.set()
    replacing.join()
    importing.join()
    import importer
    assert importer.venv.EnvBuilder is fastvenv.EnvBuilder
    assert sys.modules["venv"] is fastvenv
    """)


def test_other_threads_may_import_meanwhile(run):
    """Modules and names that come and go in other threads while modules are looked through disturb nothing."""
    run("""
    import importer, itertools, threading, types
    sys.setswitchinterval(1e-6)
    sys.modules.update((f"module{number}", importer) for number in range(2000))
    ended = threading.Event()

    def come_and_go():
        own = threading.get_ident()
        for number in itertools.count():
            if ended.is_set():
                break
            sys.modules[f"other{own}-{number}"] = types.ModuleType("venv")
            setattr(importer, f"name{own}-{number}", number)
            del sys.modules[f"other{own}-{number}"]
            delattr(importer, f"name{own}-{number}")

    threads = [threading.Thread(target=come_and_go) for _ in range(2)]
    for thread in threads: thread.start()
    try:
        for _ in range(20):
            with fastvenv.replace_stdlib():
                assert importer.create is fastvenv.create
    finally:
        ended.set()
    for thread in threads: thread.join()
    """)


@pytest.mark.skipif(sys.version_info < (3, 15), reason="lazy imports came with Python 3.15")
@pytest.mark.parametrize("loaded", ["", "import venv as theirs"], ids=["absent", "loaded"])
def test_lazy_imports_of_before(run, loaded):
    """A lazy import that is first used in the block gives fastvenv's, and after it the standard library's."""
    run(f"""
    {loaded}
    lazy from venv import EnvBuilder, create as make, main
    lazy import venv, venv.__main__ as command
    lazy from fastvenv import create as always_ours
    with fastvenv.replace_stdlib():
        assert (EnvBuilder, make, venv) == (fastvenv.EnvBuilder, fastvenv.create, fastvenv)
        assert always_ours is fastvenv.create
    import venv as stdlib
    assert stdlib is not fastvenv
    assert (EnvBuilder, make, main, venv) == (stdlib.EnvBuilder, stdlib.create, stdlib.main, stdlib)
    assert always_ours is fastvenv.create
    """)


def test_nothing_is_loaded_for_it_beforehand(run):
    """`import fastvenv` doesn't load what replaces, and replacing doesn't load the standard library's `venv`."""
    run("""
    assert not {"venv", "fastvenv._replace"} & set(sys.modules)
    fastvenv.replace_stdlib().undo()
    assert "venv" not in sys.modules
    """)
