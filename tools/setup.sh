# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `setup`: the packages of Debian 12 and 13 that build, demo and tests need.

SETUP_PACKAGES=(
	# build
	gcc libc6-dev libjansson-dev libssl-dev meson ninja-build patch python3 ca-certificates
	# the firmware
	make nasm uuid-dev
	# run, demo
	qemu-system-x86 ovmf curl
	# tests
	clang libclang-rt-dev clang-format cppcheck shellcheck libcmocka-dev python3-pytest
	python3-pytest-xdist python3-cryptography python3-cbor2 python3-openssl
	openssl gnutls-bin sslscan wrk nghttp2-client apache2-utils iproute2
)

setup_missing() {
	local package
	for package in "${SETUP_PACKAGES[@]}"; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
			grep -qx installed || echo "$package"
	done
}

# Runs a quiet command with a dot every two seconds; its log is shown if it
# fails.
setup_step() {
	local title=$1 log worker
	shift
	log=$(mktemp)
	printf '  %s ' "$title"
	"$@" >"$log" 2>&1 </dev/null &
	worker=$!
	while kill -0 "$worker" 2>/dev/null; do
		printf '.'
		sleep 2
	done
	if wait "$worker"; then
		echo ' done'
		rm -f "$log"
		return 0
	fi
	echo ' FAILED'
	tail -n 40 "$log" >&2
	echo "setup: the whole log is in $log" >&2
	return 1
}

setup_packages() {
	local missing began=$SECONDS

	[ $# -eq 0 ] || {
		echo "setup: takes no arguments" >&2
		return 2
	}
	command -v dpkg-query >/dev/null || {
		echo "setup: knows Debian 12 and 13 only; install by hand what" \
			"these packages hold: ${SETUP_PACKAGES[*]}" >&2
		return 1
	}
	mapfile -t missing < <(setup_missing)
	if [ ${#missing[@]} -eq 0 ]; then
		echo "setup: all packages are there"
		return 0
	fi
	if [ "$(id -u)" -ne 0 ]; then
		echo "setup: needs root to install packages. Run it as root, or" \
			"have these installed:" >&2
		echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
		return 1
	fi
	echo "setup: installs ${#missing[@]} packages and what they need"
	export DEBIAN_FRONTEND=noninteractive
	setup_step "package lists" apt-get update &&
		setup_step "packages" apt-get install -y \
			--no-install-recommends "${missing[@]}" || return 1
	echo "setup: done in $((SECONDS - began)) s"
}
