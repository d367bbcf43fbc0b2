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
#define PORT2 "0000:00:03.0"
#define ISA "0000:00:1f.0"

static const char *const shown[] = {CARD1, CARD2, PORT2, ISA};

/* Longer than what is worth printing, as long as an override may be, and one byte longer. */
static char longest[4095], too_long[4096];

static const struct step {
	const char *path; /* NULL: a module is loaded */
	const char *value;
} steps[] = {
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

struct device_state {
	char driver[64];
	char override[64];
};

static void read_state(struct root *root, const char *address, struct device_state *ret)
{
	_cleanup_free_ char *driver = xasprintf(DEVICES "%s/driver", address);
	_cleanup_free_ char *override = xasprintf(DEVICES "%s" OVERRIDE, address), *text = NULL;

	memset(ret, 0, sizeof(*ret));
	if (root_read_link_name(root, driver, ret->driver, sizeof(ret->driver)) < 0)
		strcpy(ret->driver, "no driver");
	text = kernel_text(root, override);
	snprintf(ret->override, sizeof(ret->override), "\"%.40s\"%s", text ? text : "?",
		 text && strlen(text) > 40 ? "..." : "");
	for (char *newline; (newline = strchr(ret->override, '\n'));)
		*newline = '$';
}

/* Of each device what is different from before. */
static void print_states(struct root *root, struct device_state *states)
{
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		struct device_state now;

		read_state(root, shown[i], &now);
		if (memcmp(&now, &states[i], sizeof(now)) != 0)
			printf("  %s: %s, override %s\n", shown[i], now.driver, now.override);
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

void agree(struct root *root)
{
	struct device_state states[ARRAY_SIZE(shown)] = {};

	memset(longest, 'x', sizeof(longest) - 1);
	memset(too_long, 'x', sizeof(too_long) - 1);
	print_states(root, states);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		print_step(&steps[i], steps[i].path ? root_write_attribute(root, -1, steps[i].path,
									   steps[i].value)
						    : module_load(root, steps[i].value));
		print_states(root, states);
		fflush(stdout);
	}
}
