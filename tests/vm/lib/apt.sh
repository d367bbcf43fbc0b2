# shellcheck shell=bash
# What another apt, one that makes a root, has to know of this host's: its sources, and how it reaches them.
# And an apt of another release of Debian.

# The host's own Debian sources, verbatim, for another apt to read. Sources of other origins
# (a vendor's repository on a build machine) have no place in a root.
apt_sources() {
	local codename=$1 target origin entry name number
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(SOURCESENTRY)|$(ORIGIN)|$(CODENAME)' 'Created-By: Packages' |
		sort -u |
		while IFS='|' read -r entry origin target; do
			[[ $origin == Debian && $target == "$codename"* ]] && printf '%s\n' "$entry"
		done | sort -u |
		while IFS=: read -r name number; do
			case $name in
			*.sources) # the number counts stanzas
				awk -v RS= -v ORS='\n\n' -v want="$number" 'NR == want' "$name" ;;
			*) # the number counts lines; written as deb822, which cannot be mixed with .list
				sed -n "${number}p" "$name" | apt_sources_deb822 ;;
			esac
		done
}

# deb [option=value ...] URI SUITE COMPONENT... -> deb822
apt_sources_deb822() {
	sed -E 's/^deb +(\[([^]]*)\] +)?([^ ]+) +([^ ]+) +(.*)$/\2\n\3\n\4\n\5/' | {
		local options uri suite components option
		read -r options; read -r uri; read -r suite; read -r components
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: %s\n' \
			"$uri" "$suite" "${components%%#*}"
		for option in $options; do
			case $option in
			signed-by=*) printf 'Signed-By: %s\n' "${option#*=}" ;;
			trusted=*) printf 'Trusted: %s\n' "${option#*=}" ;;
			esac
		done
		printf '\n'
	}
}

# Proxies, certificates, clock tolerance, credentials.
apt_configuration() {
	apt-config dump Acquire | grep -v -E '^Acquire (""|)?;|^Acquire::(IndexTargets|Languages|Changelogs|CompressionTypes)'
	printf 'Dir::Etc::netrc "/etc/apt/auth.conf";\nDir::Etc::netrcparts "/etc/apt/auth.conf.d";\n'
	printf 'Acquire::Languages "none";\n'
}

# apt_sources_of RELEASE HOST-RELEASE: the host's own Debian sources, with the suites of another release in the place
# of its own; sid has no suites beside the one.
apt_sources_of() {
	apt_sources "$2" | awk -v release="$1" '
		$1 == "Suites:" {
			n = split($0, words, " ")
			line = ""
			for (i = 2; i <= n; i++) {
				suffix = match(words[i], /[-\/]/) ? substr(words[i], RSTART) : ""
				if (suffix == "" || release != "sid")
					line = line " " release suffix
			}
			$0 = line == "" ? "" : "Suites:" line
		}
		{ stanza = stanza $0 "\n" }
		/^Suites:/ { whole = 1 }
		/^$/ { flush() }
		END { flush() }
		function flush() {
			if (whole)
				printf "%s\n", stanza
			stanza = ""
			whole = 0
		}'
}

# apt_release DIR RELEASE HOST-RELEASE: has apt-get, apt-cache and apt-config of this process know the packages of that
# release, from the host's mirrors, with all that they keep below DIR. The lists are fetched once a day.
apt_release() {
	local dir=$1 lists=$1/lists
	mkdir -p "$dir/cache/archives/partial" "$lists/partial"
	apt_sources_of "$2" "$3" >"$dir/debian.sources.new"
	[[ -s $dir/debian.sources.new ]] ||
		die "apt knows no Debian source of release ${3:-(none)}; run apt-get update first"
	cmp -s "$dir/debian.sources.new" "$dir/debian.sources" || rm -f "$dir/fetched"
	mv "$dir/debian.sources.new" "$dir/debian.sources"
	cat >"$dir/apt.conf" <<-END
		Dir::Etc::sourcelist "$dir/debian.sources";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::lists "$lists/";
		Dir::State::status "/dev/null";
		Dir::Cache "$dir/cache/";
		Acquire::Languages "none";
	END
	export APT_CONFIG=$dir/apt.conf
	[[ -z $(find "$dir/fetched" -mmin -1440 2>/dev/null) ]] || return 0
	# The host's hooks are for the host's lists.
	printf '#clear APT::Update::%s;\n' Pre-Invoke Post-Invoke Post-Invoke-Success >"$dir/update.conf"
	apt-get -q -c "$dir/update.conf" update >"$dir/log" 2>&1 || {
		cat "$dir/log" >&2
		[[ -e $dir/fetched ]] || die "the lists of packages of $2 could not be fetched"
		say "the lists of packages of $2 are those of $(date -r "$dir/fetched" +%F)"
		return 0
	}
	touch "$dir/fetched"
}
