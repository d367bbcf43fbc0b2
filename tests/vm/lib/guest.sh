# shellcheck shell=bash
# Boots one guest and waits until it has said all it has to say, has failed, or is out of time.

# Ready topologies; cases may write their own. Addresses as the guest sees them are beside.
# shellcheck disable=SC2034 # used by the cases
{
	PORT1='-device pcie-root-port,id=rp1,chassis=1,slot=1,addr=2.0'
	PORT2='-device pcie-root-port,id=rp2,chassis=2,slot=2,addr=3.0'
	# 0000:01:00.0 and 0000:02:00.0, both 8086:10d3
	TWO_NICS="$PORT1 $PORT2 -device e1000e,bus=rp1,romfile= -device e1000e,bus=rp2,romfile="
	# The same two, each of which gets what the other sends
	NICS_ON_ONE_WIRE="$PORT1 $PORT2 -netdev hubport,id=n1,hubid=0 -netdev hubport,id=n2,hubid=0 \
		-device e1000e,bus=rp1,netdev=n1,mac=52:54:00:00:00:01,romfile= \
		-device e1000e,bus=rp2,netdev=n2,mac=52:54:00:00:00:02,romfile="
	# 0000:01:00.0 display, .1 audio, .2 USB, one IOMMU group; 0000:02:00.0 a card of the host
	GPU_LIKE="$PORT1 $PORT2 -device VGA,bus=rp1,addr=0.0,multifunction=on,romfile= \
		-device ich9-intel-hda,bus=rp1,addr=0.1 -device qemu-xhci,bus=rp1,addr=0.2 \
		-device e1000e,bus=rp2,romfile="
	# 0000:01:00.0, 1b36:0010, as is the root disk with controller=$ROOT_NVME (0000:00:1b.0)
	SPARE_NVME="$PORT1 -drive driver=null-co,size=64M,read-zeroes=on,if=none,id=spare \
		-device nvme,bus=rp1,drive=spare,serial=spare"
	ROOT_NVME=nvme,serial=rootnvme
}

# What makes a boot four times faster under TCG and changes nothing that the tests look at;
# norandmaps counts most, because TCG keeps its translations by virtual address. init_on_alloc=0 spares
# the clearing of each page, nr_uarts=2 the serial ports that nobody has. Process 1 gets the two variables
# in its environment (ENVIRONMENT.md of systemd): of what it would start, $FAST_DIR of the real root hides
# what follows below. An initramfs does not have this directory.
FAST_DIR=/usr/lib/lab/fast
FAST_ARGUMENTS=(
	rw rootfstype=ext4 quiet loglevel=4 systemd.show_status=0 norandmaps mitigations=off nokaslr
	audit=0 random.trust_cpu=on no_timer_check cryptomgr.notests raid=noautodetect init_on_alloc=0
	nowatchdog apparmor=0 8250.nr_uarts=2 rcupdate.rcu_expedited=1
	rd.systemd.gpt_auto=0 udev.children_max=2 systemd.unit=lab.target
	"SYSTEMD_GENERATOR_PATH=$FAST_DIR/generators:" "SYSTEMD_UNIT_PATH=$FAST_DIR/units:"
	'modprobe.blacklist=pcspkr,evdev,psmouse,serio_raw,i2c_i801,lpc_ich,iTCO_wdt,button,intel_agp,cryptd,joydev,configfs,fuse,dm_mod,loop,efi_pstore,autofs4'
)
FAST_MASKED_GENERATORS=(
	cryptsetup getty gpt-auto hibernate-resume integritysetup rc-local system-update sysv veritysetup
)
FAST_MASKED_UNITS=(
	systemd-journal-flush.service systemd-random-seed.service systemd-update-utmp.service
	systemd-pstore.service systemd-tmpfiles-clean.timer systemd-binfmt.service
	systemd-sysusers.service systemd-tmpfiles-setup.service systemd-sysctl.service
	systemd-remount-fs.service systemd-ask-password-console.path systemd-ask-password-wall.path
	proc-sys-fs-binfmt_misc.automount dracut-shutdown.service
	dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount
	sys-kernel-config.mount sys-fs-fuse-connections.mount
	modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service
	modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service
	fstrim.timer e2scrub_all.timer e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer
	dpkg-db-backup.timer serial-getty@ttyS0.service
)
# Of the devices that are there before udev is, it is shown these; the others are terminals and the like.
FAST_SUBSYSTEMS=(pci block net nvme virtio drm)

# fast_stage DIRECTORY: what a boot with FAST_ARGUMENTS finds in its real root.
fast_stage() {
	local dir=$1$FAST_DIR name
	mkdir -p "$dir/generators" "$dir/units/systemd-udev-trigger.service.d"
	for name in "${FAST_MASKED_GENERATORS[@]}"; do
		ln -s /dev/null "$dir/generators/systemd-$name-generator"
	done
	for name in "${FAST_MASKED_UNITS[@]}"; do
		ln -s /dev/null "$dir/units/$name"
	done
	printf '%s\n' '[Service]' 'ExecStart=' \
		"ExecStart=udevadm trigger --type=devices --action=add$(printf ' --subsystem-match=%s' "${FAST_SUBSYSTEMS[@]}")" \
		>"$dir/units/systemd-udev-trigger.service.d/lab.conf"
}

# After one of these nothing more will come.
FAILURE_STRINGS='Kernel panic|Boot has failed|Could not boot|dracut-emergency|Gave up waiting|Dropping to|emergency mode'

GUEST_TIMEOUT=${VM_TIMEOUT:-150}
STOCK_TIMEOUT=${VM_STOCK_TIMEOUT:-300}

guest_pid=
guest_qmp=

guest_kill() {
	[[ -z $guest_pid ]] || kill -KILL "$guest_pid" 2>/dev/null || true
}

# qmp COMMAND [ARGUMENTS]: has QEMU do this to its running guest; the arguments are a JSON object.
# (QEMU's
# QMP reference; its answers are in the file "qmp" beside the report.)
qmp() {
	local arguments=${2:-null}
	jq -cn --arg command "$1" --argjson arguments "$arguments" \
		'{execute: $command, arguments: ($arguments // {})}' >&"$guest_qmp"
}

# Has the case do what the guest asks for in lines "LAB-WANTS ..." of its report, each of them once. (A
# line without its end is not all there yet.)
guest_serve() {
	local want n=0
	while read -r want; do
		((++n > served)) || continue
		served=$n
		guest_wants "$want"
	done < <(sed -n 's/^LAB-WANTS //p' "$1")
}

# The command line as Debian's bootloader gives it, plus the console; or the tests' fast one.
# no_timer_check, which a guest of KVM sets by itself: where the build machine is busy, the kernel
# counts too few ticks in its first moments and panics. tsc_early_khz for the same reason: it has been
# seen to measure its TSC fifty times too slow there. (Without a TSC it boots a seventh slower.)
guest_command_line() {
	case $1 in
	stock) printf 'root=UUID=%s ro quiet console=ttyS0 no_timer_check' "$DISK_UUID" ;;
	demo) printf 'root=UUID=%s ro console=ttyS0 no_timer_check' "$DISK_UUID" ;;
	alone)
		printf 'console=ttyS0 panic=-1 no_timer_check norandmaps mitigations=off nokaslr quiet loglevel=4'
		printf ' init_on_alloc=0 nowatchdog 8250.nr_uarts=2 rcupdate.rcu_expedited=1'
		printf ' tsc_early_khz=%d' "$TSC_KHZ"
		;;
	fast)
		printf 'root=UUID=%s console=ttyS0 panic=-1 %s' "$DISK_UUID" "${FAST_ARGUMENTS[*]}"
		printf ' tsc_early_khz=%d' "$TSC_KHZ"
		;;
	esac
}

# guest_boot DIR MODE INITRD IOMMU DEVICES ARGUMENTS [DISK [CONTROLLER]]: leaves report, console,
# qmp, qemu and qemu.log in DIR. In the mode "firmware", the disk has its boot loader, which has kernel, initrd and
# arguments. Returns 0 once the guest has ended its report; else says why not on
# stdout.
guest_boot() {
	local dir=$1 mode=$2 initrd=$3 iommu=$4 devices=$5 arguments=$6
	local disk=${7:-$DISK} controller=${8:-virtio-blk-pci} snapshot=${9:-on}
	local limit=$GUEST_TIMEOUT kernel=$FAST_KERNEL line started=$SECONDS reason='' served=0 ending=0 order=''
	local machine=q35,accel=tcg,sata=off,smbus=off
	[[ $mode != firmware ]] || { limit=$STOCK_TIMEOUT; order=,bootindex=0; }
	[[ $mode == stock || $mode == demo ]] && { limit=$STOCK_TIMEOUT; kernel=$KERNEL; machine=q35,accel=tcg; }
	limit=$((limit * ${patience:-1}))
	line="$(guest_command_line "$mode") $arguments"
	((${#line} < 2048)) || { printf 'the command line is too long: %d\n' ${#line}; return 1; }
	set -- qemu-system-x86_64 -machine "$machine" -smp 1 -m 768 \
		-cpu qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+rdrand \
		-nodefaults -display none -no-reboot -qmp stdio \
		-serial "file:$dir/console" -serial "file:$dir/report"
	# shellcheck disable=SC2046 # a list of arguments
	case $mode in
	firmware) set -- "$@" $(firmware_stage "$dir") ;;
	*) set -- "$@" -kernel "$kernel" -initrd "$initrd" -append "$line" ;;
	esac
	case $iommu in
	intel) set -- "$@" -device intel-iommu,intremap=on ;;
	intel-no-intremap) set -- "$@" -device intel-iommu,intremap=off ;;
	amd) set -- "$@" -device amd-iommu,intremap=on ;;
	none) ;;
	*) printf 'no such IOMMU: %s\n' "$iommu"; return 1 ;;
	esac
	[[ $mode == alone ]] || set -- "$@" \
		-drive "file=$disk,format=raw,if=none,id=d0,snapshot=$snapshot,cache=unsafe" \
		-device "$controller,drive=d0,romfile=,addr=1b.0$order"
	# shellcheck disable=SC2086 # a list of arguments
	set -- "$@" $devices
	printf '%q ' "$@" >"$dir/qemu"
	: >"$dir/console"
	: >"$dir/report"
	mkfifo "$dir/qmp.in"
	exec {guest_qmp}<>"$dir/qmp.in"
	rm "$dir/qmp.in"
	"$@" <&"$guest_qmp" >"$dir/qmp" 2>"$dir/qemu.log" &
	guest_pid=$!
	qmp qmp_capabilities
	while kill -0 "$guest_pid" 2>/dev/null; do
		if ((SECONDS - started > limit)); then
			reason="no answer in $limit s"
			break
		fi
		guest_serve "$dir/report"
		# It has said all, and has a little time to end by itself.
		! grep -q '^LAB-END' "$dir/report" || ((ending++ < 50)) || break
		! grep -qE "$FAILURE_STRINGS" "$dir/console" || break
		sleep 0.4
	done
	guest_kill
	wait "$guest_pid" 2>/dev/null || [[ -n $reason ]] ||
		reason="QEMU failed: $(tail -n 1 "$dir/qemu.log")"
	guest_pid=
	exec {guest_qmp}>&-
	grep -q '^LAB-END' "$dir/report" && return 0
	grep -aoE -m 1 ".{0,60}($FAILURE_STRINGS).{0,60}" "$dir/console" ||
		printf '%s\n' "${reason:-the guest ended without its report}"
	return 1
}
