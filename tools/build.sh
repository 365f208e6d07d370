# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `build`: fetch, unpack, compile, and say what came out.

# Unpacked sources are thrown away when a wrap or our files for it changed:
# meson itself would go on with the old ones.
build_refresh_subprojects() {
	local wrap name folder stamp sum said
	for wrap in "$ROOT"/subprojects/*.wrap; do
		name=$(basename "$wrap" .wrap)
		folder=$ROOT/subprojects/$(sed -n 's/^directory = //p' "$wrap")
		stamp=$folder/.anchorhold-stamp
		sum=$(cd "$ROOT/subprojects" &&
			find "$name.wrap" "packagefiles/$name"* -type f -print0 |
			sort -z | xargs -0 sha256sum | sha256sum)
		[ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && continue
		rm -rf "$folder"
		if ! said=$(cd "$ROOT" &&
			meson subprojects download "$name" 2>&1); then
			echo "$said" >&2
			return 1
		fi
		echo "$sum" >"$stamp"
		BUILD_RECONFIGURE=yes
	done
}

build_need_tools() {
	local tool
	for tool in cc meson ninja "$PYTHON"; do
		command -v "$tool" >/dev/null && continue
		echo "build: $tool is missing: run ./anchorhold setup" >&2
		return 1
	done
}

build_configure() {
	local log=$BUILD/configure.log arguments=()

	if [ -e "$BUILD/build.ninja" ]; then
		[ -n "$BUILD_RECONFIGURE" ] || return 0
		arguments+=(--reconfigure)
	fi
	echo "build: configuring"
	mkdir -p "$BUILD"
	if ! meson setup "${arguments[@]}" "$BUILD" "$ROOT" >"$log" 2>&1; then
		tail -n 30 "$log" >&2
		return 1
	fi
}

# Builds the targets named, else all. A terminal gets ninja's own line; anything
# else a line for each fifth, and nothing if all is built.
build_compile() {
	if [ -t 1 ]; then
		ninja -C "$BUILD" "$@"
		return
	fi
	NINJA_STATUS='[%p] ' ninja -C "$BUILD" "$@" | awk '
		/^ninja: (Entering directory|no work to do)/ { next }
		!/^\[ *[0-9]+%\]/ { print; next }
		substr($0, 2) + 0 >= shown + 20 || substr($0, 2) + 0 < shown {
			shown = substr($0, 2) + 0
			print "build: " shown " %"
			fflush()
		}'
}

# BUILD_TARGETS names ninja's targets; empty: all.
build_images() {
	local began=$SECONDS BUILD_RECONFIGURE=

	[ $# -eq 0 ] || {
		echo "build: takes no arguments" >&2
		return 2
	}
	build_need_tools || return 1
	"$PYTHON" "$ROOT/tools/fetch.py" || return 1
	build_refresh_subprojects || return 1
	build_configure || return 1
	# shellcheck disable=SC2086 # several targets
	build_compile ${BUILD_TARGETS:-} || return 1
	echo "build: done in $((SECONDS - began)) s"
}

# The firmware that an SEV-SNP launch measures; made once and kept.
build_firmware() {
	"$PYTHON" "$ROOT/tools/firmware.py" "$BUILD/firmware/anchorhold.fd"
}

# Size and SHA-256 of each app's image.
build_list() {
	local image

	for image in "$BUILD"/image/anchorhold-*.efi; do
		[ -e "$image" ] || continue
		[[ $image == */anchorhold-test-* ]] && continue
		printf '  %8d bytes  %s  %s\n' "$(stat -c %s "$image")" \
			"$(sha256sum <"$image" | cut -d' ' -f1)" \
			"${image#"$ROOT"/}"
	done
}
