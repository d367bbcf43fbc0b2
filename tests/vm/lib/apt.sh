# shellcheck shell=bash
# What another apt, one that makes a root, has to know of this host's: its sources, and how it reaches them.

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
