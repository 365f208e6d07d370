# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `demo`: from nothing to a request answered and evidence judged, each step
# timed. What comes after the build is tools/demo.py's.

# Adds a line to the summary: what, and the seconds since $1.
demo_note() {
	DEMO_SUMMARY+=$(printf '  %-42s %4d   s' "$2" $((SECONDS - $1)))$'\n'
}

demo() {
	local began arguments=() DEMO_SUMMARY=

	case $#,${1:-},${2:-} in
	0,*) ;;
	2,--port,[1-9]*) arguments=("$@") ;;
	*)
		echo "demo: takes no arguments but --port N" >&2
		return 2
		;;
	esac
	began=$SECONDS
	setup_packages || return 1
	demo_note "$began" "packages"
	began=$SECONDS
	BUILD_TARGETS="image/anchorhold-hello-production.efi client/anchorhold
		emu/anchorhold-emu.rom tests/emu/anchorhold-test-pki" \
		build_images || return 1
	demo_note "$began" "dependencies fetched, image built"
	began=$SECONDS
	build_firmware || return 1
	demo_note "$began" "firmware built"
	build_list
	DEMO_SUMMARY=$DEMO_SUMMARY exec "$PYTHON" "$ROOT/tools/demo.py" \
		"${arguments[@]}"
}
