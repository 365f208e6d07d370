# SPDX-License-Identifier: Apache-2.0
"""What all tests share: tests/ and tools/ on the module path, which tests run,
and which of them stay together where several run at once (pytest-xdist)."""

import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
for folder in (TESTS, TESTS.parent / "tools"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Those that take longest begin first, so that none is left over alone.
LONG = ("test_enclave_crowd", "test_connections", "test_http", "test_enclave",
        "test_records", "test_echo", "test_network", "test_fuzz",
        "test_firmware", "test_evil_host", "test_builds")


@pytest.fixture(scope="session", name="firmware")
def built_firmware():
    """Our firmware, built if anything that it is made of has changed."""
    from paths import BUILD, ROOT  # the path above has to be set first
    path = BUILD / "firmware" / "anchorhold.fd"
    subprocess.run([sys.executable, ROOT / "tools" / "firmware.py", path],
                   check=True)
    return path


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true",
                     help="run the tests marked slow too")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: runs only with --all")
    config.addinivalue_line("markers", "xdist_group(name): runs where the "
                                       "others of its group do")


def shares_a_fixture(item):
    """Whether it uses what the other tests of its module use, such as a
    guest: then they run in one process, one after the other."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return any(fixture.scope in ("module", "session") and fixture.baseid
               for known in fixtures for fixture in known)


def begins(item):
    name = item.path.stem
    return LONG.index(name) if name in LONG else len(LONG)


# First: pytest-xdist looks for the groups in a hook of the same name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    if not config.getoption("--all"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        if slow:
            config.hook.pytest_deselected(items=slow)
            items[:] = [item for item in items if item not in slow]
    for item in items:
        if shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=begins)
