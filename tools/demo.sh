# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `demo`: from nothing to one answered request, each step timed.

# Adds a line to the summary: what, and the seconds since $1.
demo_note() {
	DEMO_SUMMARY+=$(printf '  %-36s %4d s' "$2" $((SECONDS - $1)))$'\n'
}

# Waits for `run`, in the background as $1, to print its ready line into $2.
demo_wait_ready() {
	until grep -q '^ready ' "$2"; do
		kill -0 "$1" 2>/dev/null || return 1
		sleep 0.2
	done
}

demo_stop() {
	kill -TERM "$1" 2>/dev/null || true
	wait "$1" || true
}

demo_request() {
	local url=$1
	echo "demo: curl --insecure --tlsv1.3 $url/"
	curl --insecure --tlsv1.3 --silent --show-error --include \
		--max-time 20 "$url/" |
		sed 's/^/    /'
}

demo() {
	local began runner said url status=0 whole=$SECONDS DEMO_SUMMARY=
	local port=8443

	case $#,${1:-},${2:-} in
	0,*) ;;
	2,--port,[1-9]*) port=$2 ;;
	*)
		echo "demo: takes no arguments but --port N" >&2
		return 2
		;;
	esac
	began=$SECONDS
	setup_packages || return 1
	demo_note "$began" "packages"
	began=$SECONDS
	BUILD_TARGETS=image/anchorhold-hello.efi build_images || return 1
	build_list
	demo_note "$began" "dependencies fetched, image built"

	echo "demo: boots anchorhold-hello.efi; the guest's console follows"
	began=$SECONDS
	said=$(mktemp)
	"$PYTHON" "$ROOT/tools/run.py" --port "$port" >"$said" &
	runner=$!
	# shellcheck disable=SC2064 # $runner as it is now
	trap "demo_stop $runner; rm -f '$said'" EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	demo_wait_ready "$runner" "$said" || return 1
	url=$(sed -n 's/^ready //p' "$said")
	demo_note "$began" "QEMU started, firmware, image, ready"
	began=$SECONDS
	demo_request "$url" || status=1
	demo_note "$began" "one request"
	began=$SECONDS
	demo_stop "$runner"
	demo_note "$began" "stopped"
	[ "$status" -eq 0 ] || return 1
	cat <<EOF

demo: what happened, and how long it took
${DEMO_SUMMARY}  all                                  $(printf %4d $((SECONDS - whole))) s

  One image, without a Linux in it, was started by the firmware, made its own
  TLS key and answered a request over TLS 1.3.

  NO SEV-SNP HERE: this was plain QEMU. The host could read the guest's memory,
  nothing was measured, there is no evidence, and curl was told to believe any
  certificate. Don't trust an image that runs like this with anything.
EOF
}
