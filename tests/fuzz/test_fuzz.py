# SPDX-License-Identifier: Apache-2.0
"""Each fuzz_NAME.c runs for FUZZ_SECONDS (5) under libFuzzer, ASan and UBSan,
from the inputs of seeds.py. A finding fails with libFuzzer's own words; the
input that made it stays in the build folder, under fuzz/NAME."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import seeds
from paths import BUILD, ROOT

SECONDS = int(os.environ.get("FUZZ_SECONDS", "5"))
HERE = pathlib.Path(__file__).resolve().parent
LWIP = "subprojects/lwip-*/src"
FAKE = "tests/fake"
MBEDTLS = "subprojects/mbedtls-*"
# The client's judge, and what it needs of mbedTLS.
JUDGE = [f"client/{name}.c" for name in (
    "chain*", "claims*", "cmw", "crypto", "report_*", "roots", "tcb", "vek",
    "verdict*", "verify")]
JUDGE += [f"{MBEDTLS}/library/{name}.c" for name in (
    "asn1*", "base64", "bignum*", "constant_time", "ecdsa", "ecp*", "md", "oid",
    "pk", "pk_*", "pkparse", "platform*", "rsa*", "sha256", "sha512", "x509",
    "x509_cr[lt]")]

# What each target is linked with besides base/, as patterns from the root.
SOURCES = {
    "certificate_table": ["kernel/snp/certificate_table.c"],
    "client_certificate": JUDGE,
    "client_evidence": JUDGE,
    "client_report": JUDGE,
    "command_line": ["boot/command_line.c"],
    "elf": ["image/elf_image.c", "image/pe_image.c"],
    "firmware": ["image/measure/firmware.c"],
    "http": ["attest/exchange.c", "attest/http_*.c", "attest/server.c",
             "attest/well_known.c", f"{FAKE}/plain_machine.c",
             f"{FAKE}/clock.c", f"{FAKE}/tls_session.c"],
    "memory_map": ["boot/memory_map.c"],
    "net_config": ["net/config.c"],
    # Its blocks come from malloc, where ASan watches them.
    "net_frames": ["net/[!m]*.c", f"{FAKE}/clock.c", f"{FAKE}/entropy.c",
                   f"{FAKE}/halt.c", f"{FAKE}/memory.c", f"{FAKE}/nic.c",
                   f"{FAKE}/owner.c", f"{LWIP}/core/*.c",
                   f"{LWIP}/core/ipv[46]/*.c", f"{LWIP}/netif/ethernet.c"],
    "package": ["boot/package.c"],
    "policy": ["image/policy_form.c"],
}
FLAGS = ["-std=c2x", "-O1", "-g", "-D_GNU_SOURCE", "-w",
         "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all",
         '-DMBEDTLS_CONFIG_FILE="client/mbedtls_config.h"']
LIMITS = [f"-max_total_time={SECONDS}", "-rss_limit_mb=1024", "-timeout=20",
          "-print_final_stats=1"]


def run(*command, timeout):
    return subprocess.run(["nice", *command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, cwd=ROOT, timeout=timeout,
                          check=False)


def said(done):
    return done.stdout.decode("utf-8", "replace")[-12000:]


def build(name, folder):
    """The compiled target."""
    program = folder / f"fuzz_{name}"
    files = [f"tests/fuzz/fuzz_{name}.c"]
    for pattern in [*SOURCES[name], "base/*.c", f"{FAKE}/check.c"]:
        found = sorted(ROOT.glob(pattern))
        assert found, f"no {pattern}: run meson setup first"
        files += [str(path.relative_to(ROOT)) for path in found]
    includes = ["-I.", "-Inet/lwip"]
    for pattern in (LWIP, MBEDTLS):
        includes += [f"-isystem{path}/include" for path in ROOT.glob(pattern)]
    done = run("clang", *FLAGS, *includes, *files, "-o", program, timeout=300)
    assert done.returncode == 0, said(done)
    return program


def fuzz(name):
    """Builds and runs a target."""
    folder = BUILD / "fuzz" / name
    corpus = folder / "corpus"
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for number, seed in enumerate(getattr(seeds, name)()):
        (corpus / f"seed-{number}").write_bytes(seed)
    return run(build(name, folder), *LIMITS, f"-artifact_prefix={folder}/",
               corpus, timeout=SECONDS + 120)


@pytest.fixture(scope="module", name="running")
def fixture_running(request):
    """Every chosen target at work, as many at once as there are cores."""
    if not shutil.which("clang"):
        pytest.skip("clang isn't installed")
    resources = run("clang", "-print-resource-dir", timeout=60)
    folder = pathlib.Path(resources.stdout.decode().strip())
    if not list(folder.rglob("libclang_rt.fuzzer*.a")):
        major = folder.name.split(".")[0]
        pytest.skip("clang's fuzzer runtime isn't installed (Debian's "
                    f"libclang-rt-{major}-dev)")
    names = {item.callspec.params["name"] for item in request.session.items
             if getattr(item, "function", None) is test_fuzz}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {name: pool.submit(fuzz, name) for name in sorted(names)}


@pytest.mark.parametrize("name", sorted(
    path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c")))
def test_fuzz(name, running):
    done = running[name].result()
    assert done.returncode == 0, said(done)
    runs = re.search(r"number_of_executed_units: (\d+)", said(done))
    assert runs and int(runs[1]) > len(getattr(seeds, name)()), said(done)
