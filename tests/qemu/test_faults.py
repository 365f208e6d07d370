# SPDX-License-Identifier: Apache-2.0
"""The kernel does forbidden things (fault_main.c): each must end in the fault
that names it, at the address that the guest said beforehand."""

import functools
import re

import pytest

from halted import halted

PAGE_BYTES = 4096
UNEXPECTED = "halt: exception: an unexpected exception in ring 0"
OVERFLOW = "halt: stack: a stack ran into its guard page"


@functools.cache
def commit(fault):
    """Everything on the console of a guest that committed it."""
    with halted(f"fault={fault}") as guest:
        return guest.serial_text()


def line(text, start):
    found = re.search(rf"^{start}.*$", text, re.M)
    assert found, text
    return found[0]


@pytest.mark.parametrize("fault, words", [
    ("write-text", "write to kernel text"),
    ("write-constant", "write to kernel constants"),
    ("execute-data", "execute of kernel data"),
    ("execute-constant", "execute of kernel constants"),
    ("execute-direct-map", "execute of direct map"),
    ("execute-stack", "execute of stack"),
    ("read-null", "read of unmapped null page"),
    ("read-low-half", "read of unmapped low half"),
    ("read-image-alias", "read of unmapped direct map"),
    ("write-headers", "write to image headers"),
    ("read-unmapped", "read of unmapped high half"),
])
def test_page_fault(fault, words):
    text = commit(fault)
    address = line(text, "expect ").split()[1]
    assert line(text, "exception: ") == \
        f"exception: #PF page fault: {words} at {address}"
    assert line(text, "halt: ") == UNEXPECTED


@pytest.mark.parametrize("fault, stack", [
    ("stack-overflow", "kernel stack"),
    ("coroutine-stack-overflow", "coroutine stack"),
    ("read-above-stack", "upper stack"),
])
def test_guard_page(fault, stack):
    text = commit(fault)
    guard = int(line(text, "expect ").split()[1], 16) // PAGE_BYTES
    said = re.search(r"^exception: #PF page fault: stack overflow: guard page "
                     rf"of the {stack} at 0x([0-9a-f]+)$", text, re.M)
    assert said, text
    assert int(said[1], 16) // PAGE_BYTES == guard
    assert line(text, "halt: ") == OVERFLOW


@pytest.mark.parametrize("fault, name", [
    ("divide", "#DE divide error"),
    ("undefined", "#UD invalid opcode"),
    ("nmi", "NMI"),
    ("double-fault", "#DF double fault"),
    # The number is the vector; QEMU 7.2 counts it in steps of two.
    ("bad-gate", "#GP general protection: interrupt gate (6|12)"),
    ("masked-interrupt", "interrupt 66 while masked"),
    ("stray-interrupt", "#GP general protection: interrupt gate (128|256)"),
])
def test_exception(fault, name):
    text = commit(fault)
    assert re.fullmatch(f"exception: {name}", line(text, "exception: ")), text
    assert line(text, "halt: ") == UNEXPECTED


@pytest.mark.parametrize("fault, halt", [
    ("canary", "halt: stack: a stack canary was overwritten"),
    ("check", "halt: bug: a CHECK failed"),
    ("coroutine-end", "halt: app: a coroutine's entry function returned"),
])
def test_own_check(fault, halt):
    text = commit(fault)
    assert line(text, "halt: ") == halt
    assert "exception" not in text


def test_check_names_its_place():
    text = commit("check")
    assert re.search(r"^check failed: .*fault_main\.c:\d+: two == 3$", text,
                     re.M), text


def test_dump_is_readable():
    """Where, with which registers, and who called."""
    text = commit("undefined")
    where = re.search(r"at rip (ffffffff8\w+) \(kernel\+0x(\w+)\)", text)
    assert where, text
    assert int(where[1], 16) - int(where[2], 16) == 0xFFFFFFFF80000000
    for register in ("rax", "r15", "rsp", "cr2", "rflags"):
        assert re.search(rf"\b{register} +[0-9a-f]+", text), register
    assert re.search(r"^  stack ffffc\w+: kernel\+0x\w+$", text, re.M)


def test_nothing_is_no_fault():
    text = commit("nothing")
    assert line(text, "halt: ") == "halt: general: nothing stopped it"
    assert "exception" not in text


def test_coroutine_takes_turns():
    assert line(commit("coroutine-turns"), "turns ") == "turns 3"


def test_interrupt_keeps_registers():
    assert line(commit("interrupts"), "interrupts ") == \
        "interrupts 2, kept 0x1234567890abcdef"


def test_mtrrs_are_programmed():
    """Off, they leave all of memory uncached; a PAT of zeros does as well."""
    assert line(commit("mtrrs"), "cache ") == \
        "cache 1 1 pat 0x7040600070406 type 0x806"
