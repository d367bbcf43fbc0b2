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
#define PROBE "/sys/bus/pci/drivers_probe"
#define OVERRIDE "/driver_override"

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

static const struct step card_steps[] = {
	/* No driver is there yet. */
	{PROBE, CARD1},
	{PROBE, CARD1 "\n"},
	{PROBE, "0000:09:00.0"},
	{PROBE, "01:00.0"},
	{DRIVERS "e1000e/bind", CARD1},
	{DEVICES "0000:09:00.0" OVERRIDE, "vfio-pci"},
	{NULL, "no_such_module"},

	/* An override that names no driver keeps all away, also from a driver that comes later. */
	{DEVICES CARD1 OVERRIDE, "vfio_pci"},
	{NULL, "e1000e"},
	{NULL, "e1000e"},
	{PROBE, CARD1},
	{DRIVERS "e1000e/bind", CARD1},
	{DEVICES CARD1 OVERRIDE, "\n"},
	{PROBE, CARD1},
	{PROBE, CARD1},
	{DRIVERS "e1000e/bind", CARD1},

	/* From the native driver to vfio-pci. */
	{DEVICES CARD1 OVERRIDE, "vfio-pci"},
	{DRIVERS "vfio-pci/unbind", CARD1},
	{NULL, "vfio-pci"},
	{DRIVERS "vfio-pci/bind", CARD1},
	{DRIVERS "vfio-pci/unbind", CARD1},
	{DRIVERS "e1000e/unbind", "01:00.0"},
	{DRIVERS "e1000e/unbind", CARD1 "\n"},
	{DRIVERS "e1000e/unbind", CARD1},
	{DRIVERS "e1000e/bind", CARD1},
	{PROBE, CARD1},
	{DRIVERS "vfio-pci/bind", CARD2},

	/* And back: the override alone moves nothing. */
	{DEVICES CARD1 OVERRIDE, "\n"},
	{DRIVERS "vfio-pci/unbind", CARD1},
	{DRIVERS "vfio-pci/bind", CARD1},
	{DRIVERS "e1000e/bind", CARD1},

	/* As release does it: cleared, unbound, probed; and once more, where nothing is left to do. */
	{DEVICES CARD1 OVERRIDE, "vfio-pci"},
	{DRIVERS "e1000e/unbind", CARD1},
	{PROBE, CARD1},
	{DEVICES CARD1 OVERRIDE, "\n"},
	{DRIVERS "vfio-pci/unbind", CARD1},
	{PROBE, CARD1},
	{DEVICES CARD1 OVERRIDE, "\n"},
	{DRIVERS "vfio-pci/unbind", CARD1},
	{PROBE, CARD1},
	/* Halfway: the override of a device without a driver, and of one that has its own again. */
	{DEVICES CARD1 OVERRIDE, "vfio-pci"},
	{DRIVERS "e1000e/unbind", CARD1},
	{DEVICES CARD1 OVERRIDE, "\n"},
	{DRIVERS "vfio-pci/bind", CARD1},
	{DRIVERS "e1000e/bind", CARD1},
	{DEVICES CARD1 OVERRIDE, "vfio-pci"},
	{PROBE, CARD1},
	{DEVICES CARD1 OVERRIDE, "\n"},

	/* What an override may be. */
	{DEVICES CARD2 OVERRIDE, "vfio-pci "},
	{DEVICES CARD2 OVERRIDE, ""},
	{DRIVERS "e1000e/unbind", CARD2},
	{PROBE, CARD2},
	{DEVICES CARD2 OVERRIDE, "vfio-pci\nand more"},
	{DEVICES CARD2 OVERRIDE, too_long},
	{DEVICES CARD2 OVERRIDE, longest},
	{PROBE, CARD2},
	{DEVICES CARD2 OVERRIDE, "vfio-pci"},
	{PROBE, CARD2},
	{DRIVERS "vfio-pci/bind", CARD2},

	/* vfio-pci's probe() refuses a port, and takes a bridge that looks like a device. */
	{DEVICES PORT2 OVERRIDE, "vfio-pci"},
	{DRIVERS "vfio-pci/bind", PORT2},
	{DRIVERS "pcieport/unbind", PORT2},
	{PROBE, PORT2},
	{DRIVERS "vfio-pci/bind", PORT2},
	{DEVICES PORT2 OVERRIDE, "\n"},
	{PROBE, PORT2},
	{DEVICES ISA OVERRIDE, "vfio-pci"},
	{PROBE, ISA},
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
#define NUMVFS "/sriov_numvfs"
#define AUTOPROBE "/sriov_drivers_autoprobe"

static const char *const nvmes[] = {PF, VF1, VF2, VF3, VF4};

static const struct step sriov_steps[] = {
	/* Without a driver, or without SR-IOV. */
	{DEVICES PF NUMVFS, "2"},
	{DEVICES PF NUMVFS, "0"},
	{DEVICES PF NUMVFS, "5"},
	{DEVICES PF NUMVFS, "65536"},
	{DEVICES PF NUMVFS, "-1"},
	{DEVICES PF NUMVFS, "two"},
	{DEVICES PF NUMVFS, ""},
	{DEVICES PF AUTOPROBE, "x"},
	{DEVICES PORT1 NUMVFS, "1"},
	{DEVICES PORT1 AUTOPROBE, "0"},

	/* With its own driver. */
	{DEVICES PF OVERRIDE, "none"},
	{NULL, "pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02"},
	{DEVICES PF OVERRIDE, "\n"},
	{PROBE, PF},
	{DEVICES PF NUMVFS, "5"},
	{DEVICES PF AUTOPROBE, "0"},
	{DEVICES PF NUMVFS, "2\n"},
	{DEVICES PF NUMVFS, "3"},
	{DEVICES PF NUMVFS, "2"},
	{PROBE, VF1},
	{DRIVERS "nvme/bind", VF1},

	/* With an override they are probed all the same. */
	{NULL, "vfio-pci"},
	{DEVICES VF1 OVERRIDE, "vfio-pci"},
	{PROBE, VF1},
	{DRIVERS "vfio-pci/bind", VF2},
	{DEVICES VF2 OVERRIDE, "vfio-pci"},
	{DRIVERS "vfio-pci/bind", VF2},

	/* vfio-pci takes no physical function that has virtual ones; they outlive its driver. */
	{DEVICES PF OVERRIDE, "vfio-pci"},
	{DRIVERS "nvme/unbind", PF},
	{DEVICES PF NUMVFS, "0"},
	{PROBE, PF},
	{DRIVERS "vfio-pci/bind", PF},
	{DEVICES PF OVERRIDE, "\n"},
	{PROBE, PF},

	/* With the functions their overrides go. */
	{DEVICES PF NUMVFS, "0"},
	{DEVICES VF1 OVERRIDE, "vfio-pci"},
	{DEVICES PF NUMVFS, "4"},
	{DEVICES PF AUTOPROBE, "1"},
	{DEVICES VF4 OVERRIDE, "vfio-pci"},
	{PROBE, VF4},
	{DEVICES PF NUMVFS, "0"},

	/* vfio-pci makes none. */
	{DEVICES PF OVERRIDE, "vfio-pci"},
	{DRIVERS "nvme/unbind", PF},
	{PROBE, PF},
	{DEVICES PF NUMVFS, "1"},
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
	_cleanup_free_ char *override = attribute(root, address, OVERRIDE),
			    *vfs = attribute(root, address, NUMVFS),
			    *autoprobe = attribute(root, address, AUTOPROBE);

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
