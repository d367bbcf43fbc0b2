# Modules compressed in each of the ways that kernels' packages use: vfio-pci as xz, vfio_iommu_type1 as gz, what
# they need as zst. A kernel unpacks one of them or none, so the tool does.

kinds=alone
modules=e1000e

image_files() {
	local file tree=$1/usr/lib/modules/$KVER
	for file in $(alone_modules vfio_pci vfio_iommu_type1 | sort -u); do
		file=$tree/${file#*/modules/"$KVER"/}
		mkdir -p "${file%/*}"
		cp "$ROOT/usr/lib/modules/$KVER/${file#"$tree"/}" "$file"
		[[ $file != *.xz ]] || xz -d "$file"
		file=${file%.xz}
		case $file in
		*/vfio-pci.ko | */vfio_iommu_type1.ko) xz "$file" ;;
		*) zstd -q --rm "$file" ;;
		esac
	done
	ln -s usr/lib "$1/lib"
	depmod -b "$1" "$KVER" 2>/dev/null
	rm "$1/lib"
	# depmod does not know gz; the index holds names, and this one is as long.
	file=$(find "$tree" -name vfio_iommu_type1.ko.xz)
	xz -d "$file" && gzip "${file%.xz}"
	sed -i 's/vfio_iommu_type1\.ko\.xz/vfio_iommu_type1.ko.gz/g' "$tree"/modules.dep{,.bin}
}

script() {
	echo "run vfio-prepare bind --phase early"
	alone_modules e1000e | sed 's/^/insmod /'
	script_report
}

check() {
	expect_status "vfio-prepare bind --phase early" 0
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_ready
}
