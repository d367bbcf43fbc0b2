/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/agree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake/kernel.h"
#include "host/modules.h"

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVERS "/sys/bus/pci/drivers/"
#define DRIVERS_PROBE "/sys/bus/pci/drivers_probe"
#define OVERRIDE_FILE "/driver_override"

#define CARD1 "0000:01:00.0"
#define CARD2 "0000:02:00.0"
#define PORT1 "0000:00:02.0"
#define PORT2 "0000:00:03.0"
#define ISA "0000:00:1f.0"

static const char *const cards[] = {CARD1, CARD2, PORT2, ISA};

/* Longer than what is worth printing, as long as an override may be, and one byte longer. */
static char longest[4095], too_long[4096];

struct step {
	const char *path; /* NULL: a module is loaded */
	const char *value;
};

#define STEP(path_, value_)                    \
	{                                      \
		.path = path_, .value = value_ \
	}
#define LOAD(module) STEP(NULL, module)
#define PROBE(device) STEP(DRIVERS_PROBE, device)
#define BIND(driver, device) STEP(DRIVERS driver "/bind", device)
#define UNBIND(driver, device) STEP(DRIVERS driver "/unbind", device)
#define OVERRIDE(device, driver) STEP(DEVICES device OVERRIDE_FILE, driver)
/* From one driver to the other by its override, in three steps. */
#define MOVE(device, from, to) OVERRIDE(device, to), UNBIND(from, device), PROBE(device)

static const struct step card_steps[] = {
	/* No driver is there yet. */
	PROBE(CARD1),
	PROBE(CARD1 "\n"),
	PROBE("0000:09:00.0"),
	PROBE("01:00.0"),
	BIND("e1000e", CARD1),
	OVERRIDE("0000:09:00.0", "vfio-pci"),
	LOAD("no_such_module"),

	/* An override that names no driver keeps all away, also from a driver that comes later. */
	OVERRIDE(CARD1, "vfio_pci"),
	LOAD("e1000e"),
	LOAD("e1000e"),
	PROBE(CARD1),
	BIND("e1000e", CARD1),
	OVERRIDE(CARD1, "\n"),
	PROBE(CARD1),
	PROBE(CARD1),
	BIND("e1000e", CARD1),

	/* From the native driver to vfio-pci. */
	OVERRIDE(CARD1, "vfio-pci"),
	UNBIND("vfio-pci", CARD1),
	LOAD("vfio-pci"),
	BIND("vfio-pci", CARD1),
	UNBIND("vfio-pci", CARD1),
	UNBIND("e1000e", "01:00.0"),
	UNBIND("e1000e", CARD1 "\n"),
	UNBIND("e1000e", CARD1),
	BIND("e1000e", CARD1),
	PROBE(CARD1),
	BIND("vfio-pci", CARD2),

	/* And back: the override alone moves nothing. */
	OVERRIDE(CARD1, "\n"),
	UNBIND("vfio-pci", CARD1),
	BIND("vfio-pci", CARD1),
	BIND("e1000e", CARD1),

	/* As release does it: cleared, unbound, probed; and once more, where nothing is left to do. */
	MOVE(CARD1, "e1000e", "vfio-pci"),
	MOVE(CARD1, "vfio-pci", "\n"),
	MOVE(CARD1, "vfio-pci", "\n"),
	/* Halfway: the override of a device without a driver, and of one that has its own again. */
	OVERRIDE(CARD1, "vfio-pci"),
	UNBIND("e1000e", CARD1),
	OVERRIDE(CARD1, "\n"),
	BIND("vfio-pci", CARD1),
	BIND("e1000e", CARD1),
	OVERRIDE(CARD1, "vfio-pci"),
	PROBE(CARD1),
	OVERRIDE(CARD1, "\n"),

	/* What an override may be. */
	OVERRIDE(CARD2, "vfio-pci "),
	MOVE(CARD2, "e1000e", ""),
	OVERRIDE(CARD2, "vfio-pci\nand more"),
	OVERRIDE(CARD2, too_long),
	OVERRIDE(CARD2, longest),
	PROBE(CARD2),
	OVERRIDE(CARD2, "vfio-pci"),
	PROBE(CARD2),
	BIND("vfio-pci", CARD2),

	/* vfio-pci's probe() refuses a port, and takes a bridge that looks like a device. */
	OVERRIDE(PORT2, "vfio-pci"),
	BIND("vfio-pci", PORT2),
	UNBIND("pcieport", PORT2),
	PROBE(PORT2),
	BIND("vfio-pci", PORT2),
	OVERRIDE(PORT2, "\n"),
	PROBE(PORT2),
	OVERRIDE(ISA, "vfio-pci"),
	PROBE(ISA),
};

/* An NVMe controller that can have four virtual ones. (Its driver probes side by side with what comes next,
 * unless it is told by drivers_probe; and the virtual ones it drops after a while, as QEMU has them offline:
 * so it is kept from them.)
 */
#define PF "0000:01:00.0"
#define VF1 "0000:01:00.1"
#define VF2 "0000:01:00.2"
#define VF3 "0000:01:00.3"
#define VF4 "0000:01:00.4"
#define NUMVFS_FILE "/sriov_numvfs"
#define AUTOPROBE_FILE "/sriov_drivers_autoprobe"
#define VFS(device, number) STEP(DEVICES device NUMVFS_FILE, number)
#define AUTOPROBE(device, value) STEP(DEVICES device AUTOPROBE_FILE, value)

static const char *const nvmes[] = {PF, VF1, VF2, VF3, VF4};

static const struct step sriov_steps[] = {
	/* Without a driver, or without SR-IOV. */
	VFS(PF, "2"),
	VFS(PF, "0"),
	VFS(PF, "5"),
	VFS(PF, "65536"),
	VFS(PF, "-1"),
	VFS(PF, "two"),
	VFS(PF, ""),
	AUTOPROBE(PF, "x"),
	VFS(PORT1, "1"),
	AUTOPROBE(PORT1, "0"),

	/* With its own driver. */
	OVERRIDE(PF, "none"),
	LOAD("pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02"),
	OVERRIDE(PF, "\n"),
	PROBE(PF),
	VFS(PF, "5"),
	AUTOPROBE(PF, "0"),
	VFS(PF, "2\n"),
	VFS(PF, "3"),
	VFS(PF, "2"),
	PROBE(VF1),
	BIND("nvme", VF1),

	/* With an override they are probed all the same. */
	LOAD("vfio-pci"),
	OVERRIDE(VF1, "vfio-pci"),
	PROBE(VF1),
	BIND("vfio-pci", VF2),
	OVERRIDE(VF2, "vfio-pci"),
	BIND("vfio-pci", VF2),

	/* vfio-pci takes no physical function that has virtual ones; they outlive its driver. */
	OVERRIDE(PF, "vfio-pci"),
	UNBIND("nvme", PF),
	VFS(PF, "0"),
	PROBE(PF),
	BIND("vfio-pci", PF),
	OVERRIDE(PF, "\n"),
	PROBE(PF),

	/* With the functions their overrides go. */
	VFS(PF, "0"),
	OVERRIDE(VF1, "vfio-pci"),
	VFS(PF, "4"),
	AUTOPROBE(PF, "1"),
	OVERRIDE(VF4, "vfio-pci"),
	PROBE(VF4),
	VFS(PF, "0"),

	/* vfio-pci makes none. */
	MOVE(PF, "nvme", "vfio-pci"),
	VFS(PF, "1"),
};

static const struct list {
	const char *name;
	const char *const *shown;
	size_t n_shown;
	const struct step *steps;
	size_t n_steps;
} lists[] = {
	{"", cards, ARRAY_SIZE(cards), card_steps, ARRAY_SIZE(card_steps)},
	{"sriov", nvmes, ARRAY_SIZE(nvmes), sriov_steps, ARRAY_SIZE(sriov_steps)},
};

#define MAX_SHOWN 5

struct device_state {
	char driver[64];
	char override[64];
	char vfs[64];
};

static char *attribute(struct root *root, const char *address, const char *name)
{
	_cleanup_free_ char *path = xasprintf(DEVICES "%s%s", address, name);

	return kernel_text(root, path);
}

static void read_state(struct root *root, const char *address, struct device_state *ret)
{
	_cleanup_free_ char *driver = xasprintf(DEVICES "%s/driver", address);
	_cleanup_free_ char *override = attribute(root, address, OVERRIDE_FILE),
			    *vfs = attribute(root, address, NUMVFS_FILE),
			    *autoprobe = attribute(root, address, AUTOPROBE_FILE);

	memset(ret, 0, sizeof(*ret));
	if (root_read_link_name(root, driver, ret->driver, sizeof(ret->driver)) < 0)
		strcpy(ret->driver, override ? "no driver" : "not there");
	snprintf(ret->override, sizeof(ret->override), "\"%.40s\"%s", override ? override : "?",
		 override && strlen(override) > 40 ? "..." : "");
	for (char *newline; (newline = strchr(ret->override, '\n'));)
		*newline = '$';
	if (vfs && autoprobe)
		snprintf(ret->vfs, sizeof(ret->vfs), ", virtual functions %.*s, autoprobe %.1s",
			 (int)strcspn(vfs, "\n"), vfs, autoprobe);
}

/* Of each device what is different from before. */
static void print_states(struct root *root, const struct list *list, struct device_state *states)
{
	for (size_t i = 0; i < list->n_shown; i++) {
		struct device_state now;

		read_state(root, list->shown[i], &now);
		if (memcmp(&now, &states[i], sizeof(now)) != 0)
			printf("  %s: %s, override %s%s\n", list->shown[i], now.driver,
			       now.override, now.vfs);
		states[i] = now;
	}
}

static void print_step(const struct step *step, int result)
{
	printf("%s \"", step->path ? step->path : "load");
	for (const char *c = step->value; *c && c < step->value + 40; c++)
		printf(*c == '\n' ? "\\n" : "%c", *c);
	printf("\"%s: %s\n", strlen(step->value) > 40 ? "..." : "",
	       result < 0 ? errno_name(-result) : "done");
}

void agree(struct root *root, const char *name)
{
	struct device_state states[MAX_SHOWN] = {};
	const struct list *list = lists;

	while (strcmp(list->name, name) != 0)
		if (++list == lists + ARRAY_SIZE(lists)) {
			printf("there is no list %s\n", name);
			return;
		}
	memset(longest, 'x', sizeof(longest) - 1);
	memset(too_long, 'x', sizeof(too_long) - 1);
	print_states(root, list, states);
	for (size_t i = 0; i < list->n_steps; i++) {
		const struct step *step = &list->steps[i];

		print_step(step, step->path
					 ? root_write_attribute(root, -1, step->path, step->value)
					 : module_load(root, step->value));
		print_states(root, list, states);
		fflush(stdout);
	}
}
