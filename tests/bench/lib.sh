# shellcheck shell=bash
# What the benchmarks share.

# readme_put NAME FILE: puts the table of that name into the README, between its two markers, without which nothing
# behind the table would be left.
readme_put() {
	local readme new
	readme=$(dirname "${BASH_SOURCE[0]}")/README.md
	if [[ $(grep -c -e "^<!-- table of $1:" -e "^<!-- end of the table of $1 -->$" "$readme") != 2 ]]; then
		echo "the README has not both markers of the table of $1" >&2
		return 1
	fi
	new=$(awk -v name="$1" -v table="$2" '
		$0 == "<!-- end of the table of " name " -->" { skip = 0 }
		!skip
		index($0, "<!-- table of " name ":") == 1 {
			print ""; while ((getline line < table) > 0) print line; print ""; skip = 1
		}
	' "$readme")
	printf '%s\n' "$new" >"$readme"
}
