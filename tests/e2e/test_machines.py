# SPDX-License-Identifier: Apache-2.0
"""Machines of several kinds that the image must serve on."""

import re

import pytest

from service import booted


def serves(**options):
    with booted("hello", **options) as guest:
        guest.assert_serves()
        return guest.qemu_text()


@pytest.mark.parametrize("cpu", [
    "EPYC-Milan,-rdseed", "EPYC-Rome", "EPYC", "Westmere,+rdrand", "max",
    "max,+la57"])
def test_cpu_model(cpu):
    serves(cpu=cpu)


@pytest.mark.parametrize("memory_mib", [128, 512, 3072, 5120])
def test_memory(memory_mib):
    serves(memory_mib=memory_mib)


@pytest.mark.parametrize("feature", ["rdseed", "x2apic"])
def test_optional_feature(feature):
    """It serves where they are offered; QEMU 7.2's TCG offers neither."""
    qemu = serves(cpu=f"EPYC-Milan,+{feature}")
    if re.search(rf"support requested feature: \S+\.{feature} ", qemu):
        pytest.skip(f"this QEMU has no {feature} under TCG")


@pytest.mark.parametrize("card", [
    "mq=on,vectors=4", "mrg_rxbuf=off", "csum=off,guest_csum=off",
    "packed=on", "disable-legacy=on,iommu_platform=on", "rx_queue_size=512",
    "event_idx=off,indirect_desc=off"])
def test_card(card):
    from guest import free_port
    port = free_port()
    serves(port=port, net=False, extra=[
        "-netdev", f"user,id=n0,hostfwd=tcp:127.0.0.1:{port}-:443",
        "-device", f"virtio-net-pci,netdev=n0,romfile=,{card}"])


def test_other_devices_beside_the_card():
    """BARs and vectors of others don't get in the way."""
    serves(extra=["-device", "virtio-rng-pci", "-device", "virtio-balloon-pci",
                  "-device", "pcie-root-port,id=p1,chassis=1",
                  "-device", "e1000e,romfile=", "-vga", "std"])
