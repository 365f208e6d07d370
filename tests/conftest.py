# SPDX-License-Identifier: Apache-2.0
"""What all tests share: tests/ and tools/ on the module path."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent
for folder in (TESTS, TESTS.parent / "tools"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true",
                     help="run the tests marked slow too")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: runs only with --all")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--all"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
