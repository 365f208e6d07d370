# SPDX-License-Identifier: Apache-2.0
"""Booted guests for the end-to-end tests. One guest per app and test module,
booted when first asked for; each test leaves it serving."""

import pytest

from service import booted


@pytest.fixture(scope="module")
def hello():
    with booted("hello") as service:
        yield service


@pytest.fixture(scope="module")
def echo():
    with booted("echo") as service:
        yield service


@pytest.fixture(autouse=True)
def still_serving(request):
    """After each test, the guests it used still answer."""
    yield
    for name in ("hello", "echo"):
        if name in request.fixturenames:
            request.getfixturevalue(name).assert_serves()


def pytest_terminal_summary(terminalreporter):
    """What each evil host came to, wherever its test ran."""
    lines = [value for state in ("passed", "failed")
             for report in terminalreporter.stats.get(state, ())
             for name, value in getattr(report, "user_properties", ())
             if name == "evil host" and report.when == "call"]
    if lines:
        terminalreporter.section("evil hosts")
        for line in lines:
            terminalreporter.write_line(line)
