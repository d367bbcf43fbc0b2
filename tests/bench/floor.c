/* The least that brings PCI functions to vfio-pci: per address the override, an unbind where a
 * driver holds it, the probe.  No module is loaded, nothing is checked, nothing read back. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int put(const char *text, const char *format, const char *address)
{
	char path[128];
	int fd, ok;

	snprintf(path, sizeof(path), format, address);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return 0;
	ok = write(fd, text, strlen(text)) > 0;
	close(fd);
	return ok;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++) {
		bad |= !put("vfio-pci", "/sys/bus/pci/devices/%s/driver_override", argv[i]);
		put(argv[i], "/sys/bus/pci/devices/%s/driver/unbind", argv[i]);
		bad |= !put(argv[i], "/sys/bus/pci/drivers_probe%.0s", argv[i]);
	}
	return bad;
}
