/* What a virtual machine's monitor does with a device, as far as it needs no guest: opens it through VFIO
 * and says what it finds (Documentation/driver-api/vfio.rst).
 *
 *	vfio-open ADDRESS		opens it, reads its configuration space and its first memory
 *					region, and resets it, if it can be reset
 *	vfio-open --hold ADDRESS	the same, and keeps it open when it has returned
 *	vfio-open --close ADDRESS	ends that
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DMA_BYTES (1024 * 1024)
#define DMA_ADDRESS DMA_BYTES
#define RELEASE_TRIES 100 /* of a tenth of a second */

/* By name, as errors are few and each ends the program. */
static int must(const char *what, int result)
{
	if (result >= 0)
		return result;
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static void group_path(const char *address, char *path, size_t size)
{
	char link[64], target[256];
	ssize_t n;

	snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group", address);
	n = must("iommu_group", (int)readlink(link, target, sizeof(target) - 1));
	target[n] = '\0';
	snprintf(path, size, "/dev/vfio%s", strrchr(target, '/'));
}

static void pid_path(const char *address, char *path, size_t size)
{
	snprintf(path, size, "/run/vfio-open-%s.pid", address);
}

/* A region that can be read without being mapped. */
static void read_region(int device, unsigned index, void *buf, size_t size,
			struct vfio_region_info *ret)
{
	*ret = (struct vfio_region_info){.argsz = sizeof(*ret), .index = index};
	must("region info", ioctl(device, VFIO_DEVICE_GET_REGION_INFO, ret));
	if (pread(device, buf, size, (off_t)ret->offset) != (ssize_t)size)
		must("region read", -1);
}

static void look(const char *address)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	struct vfio_device_info info = {.argsz = sizeof(info)};
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = DMA_ADDRESS,
		.size = DMA_BYTES,
	};
	int container = must("/dev/vfio/vfio", open("/dev/vfio/vfio", O_RDWR)), group, device;
	struct vfio_region_info region;
	uint16_t ids[2];
	uint32_t word;
	char path[64];

	group_path(address, path, sizeof(path));
	group = must(path, open(path, O_RDWR));
	must("group status", ioctl(group, VFIO_GROUP_GET_STATUS, &status));
	printf("viable: %s\n", status.flags & VFIO_GROUP_FLAGS_VIABLE ? "yes" : "no");
	must("container", ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	must("type 1", ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	map.vaddr = (uintptr_t)mmap(NULL, DMA_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must("DMA", ioctl(container, VFIO_IOMMU_MAP_DMA, &map));
	device = must("device", ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address));
	must("device info", ioctl(device, VFIO_DEVICE_GET_INFO, &info));

	read_region(device, VFIO_PCI_CONFIG_REGION_INDEX, ids, sizeof(ids), &region);
	printf("ids: %04x:%04x\n", ids[0], ids[1]);
	read_region(device, VFIO_PCI_BAR0_REGION_INDEX, &word, sizeof(word), &region);
	printf("region 0: %llu bytes, begins with 0x%08x\n", (unsigned long long)region.size, word);
	if (info.flags & VFIO_DEVICE_FLAGS_RESET) {
		must("reset", ioctl(device, VFIO_DEVICE_RESET));
		printf("reset: done\n");
	}
}

/* What is open stays so in a child. */
static void hold(const char *address)
{
	char path[64];
	pid_t pid = must("fork", fork());
	FILE *file;

	if (pid == 0)
		for (;;)
			pause();
	pid_path(address, path, sizeof(path));
	file = fopen(path, "we");
	must(path, file ? fprintf(file, "%d\n", (int)pid) : -1);
	fclose(file);
	printf("held open\n");
}

static void let_go(const char *address)
{
	char path[64];
	FILE *file;
	int pid, fd = -1;

	pid_path(address, path, sizeof(path));
	file = fopen(path, "re");
	if (!file || fscanf(file, "%d", &pid) != 1)
		must(path, -1);
	fclose(file);
	must("kill", kill(pid, SIGKILL));
	unlink(path);
	/* A group can be opened once at a time. */
	group_path(address, path, sizeof(path));
	for (int i = 0; i < RELEASE_TRIES && fd < 0; i++) {
		usleep(100000);
		fd = open(path, O_RDWR);
	}
	must(path, fd);
	printf("closed\n");
}

int main(int argc, char **argv)
{
	const char *address = argv[argc - 1];

	if (argc == 3 && !strcmp(argv[1], "--close")) {
		let_go(address);
		return 0;
	}
	if (argc != 2 && (argc != 3 || strcmp(argv[1], "--hold") != 0)) {
		printf("usage: vfio-open [--hold | --close] ADDRESS\n");
		return 2;
	}
	look(address);
	if (argc == 3)
		hold(address);
	return 0;
}
