# A recipe that people follow: vfio_pci with ids= in the initramfs' modules, and an rc.local that
# writes new_id. Both cards go to their native driver all the same, and rc.local then leaves them without
# any, as vfio-pci has the id already; validate names each part, and import's profile puts it right.

kinds=initramfs-tools
profile=empty
extra=recipe

image_files() {
	mkdir -p "$1/conf"
	echo vfio_pci ids=8086:10d3 >"$1/conf/modules"
}

SAYS="boot: 0000:01:00.0 on e1000e
boot: 0000:02:00.0 on e1000e
/etc/rc.local:11 vfiobind 0000:01:00.0
/etc/initramfs-tools/modules:1 vfio_pci ids=8086:10d3
/etc/initramfs-tools/modules:2 vfio_iommu_type1
named 2 [foreign-initramfs-modules]
named 1 [foreign-rc-local]
validate: status 0
rc.local: 0000:01:00.0 on no driver
rc.local: 0000:02:00.0 on no driver
import: status 0
[device nic]
address = 0000:01:00.0
id      = 8086:10d3
serial  = 52-54-00-ff-ff-12-34-56
[device nic2]
address = 0000:02:00.0
id      = 8086:10d3
serial  = 52-54-00-ff-ff-12-34-57
bind: status 0
bind: 0000:01:00.0 on vfio-pci
bind: 0000:02:00.0 on vfio-pci
validate: status 0"

check() {
	expect_logged e1000e 0000:01:00.0
	expect_logged e1000e 0000:02:00.0
	[[ $(output_of "$EXTRA") == "$SAYS" ]] || {
		output_of "$EXTRA" >"$LOG_DIR/$test/difference"
		fail "it went otherwise: see $LOG_DIR/$test/difference"
	}
}
