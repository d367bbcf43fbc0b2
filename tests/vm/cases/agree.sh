# The fake kernel of the scenarios against this one: the same writes, the same answers. What the fake
# answered stands in tests/scenarios/cases/agree.

kinds=alone
modules="vfio_pci e1000e"
list= # of fake/agree.c

image_files() {
	# Two guests at a time, one make.
	flock "$BUILD_DIR" make --no-print-directory -s -C "$REPO_DIR" build/tests/agree >&2 || die "make failed"
	install -D "$REPO_DIR/build/tests/agree" "$1/usr/sbin/agree"
}

script() {
	cat <<-END
		say LAB-BEGIN
		run agree${list:+ $list}
		kmsg
		say LAB-END
		poweroff
	END
}

check() {
	local fake=$REPO_DIR/tests/scenarios/cases/$name real=$LOG_DIR/$test/difference
	diff <(sed -n '/^stdout$/,$ s/^| //p' "$fake") <(output_of "agree${list:+ $list}" | sed '$ { /^$/d }') >"$real" ||
		fail "the fake kernel answers otherwise: $(grep -m 4 '^[<>]' "$real" | tr '\n' ' ')"
	expect_status "agree${list:+ $list}" 0
}
