# shellcheck shell=bash
# What a case may expect of the report of its guest. Each adds a line to FAILED if it is not so.

FAILED=()

fail() { FAILED+=("$*"); }

# One field of a device's DEV line: address vendor device class group driver override. A script may
# have looked at it before it began its report, too; in the report the last look counts.
device_field() {
	awk -v address="$1" -v field="$2" '
		$1 == "LAB-BEGIN" { on = 1 }
		on && $1 == "DEV" && $2 == address { is = $(field) }
		END { print is }' "$REPORT"
}

# Whether a line of the kernel's log matches; the pattern begins where the time stamp ends. (No pipe
# into grep -q: under pipefail the writer's SIGPIPE would count as "no".)
kernel_said() { grep -qE "^<[0-9]+>\\[ *[0-9.]+\\] $1" "$REPORT"; }

# When it did so first, in seconds.
kernel_time() { sed -nE "s/^<[0-9]+>\\[ *([0-9]+\\.[0-9])[0-9]*\\] $1.*/\\1/p" "$REPORT" | sed -n 1p; }

# What a program that the guest ran wrote, and how it ended.
output_of() { awk -v run="RUN $1" '$0 == run { on = 1; next } /^STATUS / { on = 0 } on' "$REPORT"; }
status_of() { awk -v run="RUN $1" '$0 == run { on = 1 } on && /^STATUS / { print $2; exit }' "$REPORT"; }

VALIDATE='vfio-prepare validate --format json'

# The report is whole, the kernel's log in it reaches back to its first line, and QEMU did all that it
# was told to.
expect_report() {
	local error
	kernel_said 'Linux version' || fail "the kernel's log in the report is not complete"
	while read -r error; do
		fail "the guest's agent: $error"
	done < <(grep '^ERROR' "$REPORT" | grep -v -x -F -e "${expected_error-}")
	while read -r error; do
		fail "QEMU: $error"
	done < <(jq -r '.error.desc // empty' "${REPORT%/*}/qmp")
}

# It was on this driver, without an override, when the script looked before its report.
expect_untouched() {
	grep -q "^DEV ${2//./\\.} .* $1 (null)\$" <(sed '/^LAB-BEGIN/q' "$REPORT") ||
		fail "$2 was touched though it was refused"
}

expect_driver() {
	local is
	is=$(device_field "$1" 7)
	[[ $is == "$2" ]] || fail "$1 is on ${is:-nothing, it is absent}, not on $2"
}

# The driver never logged this address: it did not as much as look at the device.
expect_never() {
	kernel_said "$1 ${2//./\\.}" && fail "$1 had $2"
	true
}

# The same the other way round: a log in which nothing is ever found proves nothing.
expect_logged() {
	kernel_said "$1 ${2//./\\.}" || fail "$1 never logged $2"
}

# A listed device is on vfio-pci, and its driver has not touched it.
expect_taken() {
	expect_driver "$2" vfio-pci
	expect_never "$1" "$2"
}

# A device is where it would be without us.
expect_native() {
	expect_driver "$2" "$1"
	expect_logged "$1" "$2"
	[[ $(device_field "$2" 8) == '(null)' ]] || fail "$2 has a driver override: $(device_field "$2" 8)"
}

# vfio-prepare itself said this in the kernel's log; the argument is an extended expression.
expect_message() {
	kernel_said "vfio-prepare: .*($1)" || fail "no message of vfio-prepare says: $1"
}

# expect_unit UNIT STATE
expect_unit() {
	local is
	is=$(awk -v unit="Id=$1" -v RS= -F '\n' '{
		mine = 0; state = ""
		for (i = 1; i <= NF; i++) {
			if ($i == unit) mine = 1
			if ($i ~ /^ActiveState=/) state = substr($i, 13)
		}
		if (mine) print state
	}' <(output_of 'systemctl show --property=Id,ActiveState,Result,ExecMainStatus vfio-prepare.service vfio-prepare.target'))
	[[ $is == "$2" ]] || fail "$1 is ${is:-unknown}, not $2"
}

# No unit of the guest failed, but for those named.
expect_no_failed_units() {
	local unit
	while read -r unit _; do
		[[ -z $unit || " $* " == *" $unit "* ]] || fail "$unit failed"
	done < <(output_of 'systemctl list-units --failed --plain --no-legend')
}

expect_status() {
	local is
	is=$(status_of "$1")
	[[ $is == "$2" ]] || fail "'$1' ended with status ${is:-unknown}, not $2"
}

# expect_json COMMAND FILTER: jq's answer is true.
expect_json() {
	output_of "$1" | jq -e "$2" >/dev/null 2>&1 || fail "'$1' does not say $2"
}

expect_ready() {
	expect_json "$VALIDATE" '.ready == true and .status == "ready"'
	expect_status "$VALIDATE" 0
}

expect_not_ready() {
	expect_json "$VALIDATE" '.ready == false'
	expect_status "$VALIDATE" 3
}

# expect_finding CHECK SUBJECT [COMMAND]
expect_finding() {
	expect_json "${3:-$VALIDATE}" \
		"any(.findings[]; .check == \"$1\" and .subject == \"$2\")"
}

# expect_phase PHASE ADDRESS RESULT: what this phase of the boot did with a device.
expect_phase() {
	expect_json 'cat /run/vfio-prepare/boot.json' "any(.phases[]; .phase == \"$1\" and
		any(.outcomes[]; .address == \"$2\" and .result == \"$3\"))"
}

# expect_consumers STATE: of libvirtd and the like, which want prepared devices (guest/extra/consumers).
expect_consumers() {
	local unit
	for unit in libvirtd nova-compute vdsmd virtqemud; do
		output_of "$EXTRA_DIR/consumers" | grep -x "$unit.service $1" >/dev/null || fail "$unit is not $1"
	done
}
