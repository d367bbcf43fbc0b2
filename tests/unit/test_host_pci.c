/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: attribute_read attribute_read_bytes bounded_memory */
#include "host/bounded.h"
#include "parse/address.h"
#include "parse/config_space.h"
#include "survey.h"

/* --- what stands in for an attribute that hangs or fails --- */

static const char *hanging_override; /* content of driver_override whose read never returns */
static int hanging_config;           /* first byte of a configuration space that never answers */
static bool no_shared_memory;

int __real_attribute_read(struct root *root, int dir, const char *name, char *ret, size_t size);
int __wrap_attribute_read(struct root *root, int dir, const char *name, char *ret, size_t size);
int __wrap_attribute_read(struct root *root, int dir, const char *name, char *ret, size_t size)
{
	int r = __real_attribute_read(root, dir, name, ret, size);

	if (r >= 0 && hanging_override && strcmp(name, "driver_override") == 0 &&
	    strcmp(ret, hanging_override) == 0)
		for (;;)
			pause();
	return r;
}

int __real_attribute_read_bytes(struct root *root, int dir, const char *name, void *ret,
				size_t size);
int __wrap_attribute_read_bytes(struct root *root, int dir, const char *name, void *ret,
				size_t size);
int __wrap_attribute_read_bytes(struct root *root, int dir, const char *name, void *ret,
				size_t size)
{
	int r = __real_attribute_read_bytes(root, dir, name, ret, size);

	if (r > 0 && hanging_config && strcmp(name, "config") == 0 &&
	    *(const uint8_t *)ret == hanging_config)
		for (;;)
			pause();
	return r;
}

void *__real_bounded_memory(size_t bytes);
void *__wrap_bounded_memory(size_t bytes);
void *__wrap_bounded_memory(size_t bytes)
{
	return no_shared_memory ? NULL : __real_bounded_memory(bytes);
}

/* --- the tree --- */

static int start(void **state _unused_)
{
	tree_init(&tree);
	hanging_override = NULL;
	hanging_config = 0;
	no_shared_memory = false;
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static void put_link(const char *path, const char *name, const char *target)
{
	_cleanup_free_ char *place = xasprintf("%s/%s", path, name);

	tree_link(&tree, place, target);
}

static bool all_but_bus_9(const struct pci_function *function)
{
	return function->address.bus != 9;
}

static void scan(unsigned host, unsigned facts)
{
	assert_int_equal(look(host, facts, all_but_bus_9), 0);
}

TEST(a_host_without_pci_is_a_host)
{
	tree_dir(&tree, "sys/kernel");
	scan(HOST_IOMMU, FACT_DETAILS | FACT_PHYSFN | FACT_NAME | FACT_OVERRIDE);
	assert_int_equal(inventory.n, 0);
	assert_null(inventory.kernel);
	assert_null(inventory.cmdline);
	assert_int_equal(inventory.iommu, IOMMU_OFF);
	assert_int_equal(inventory.iommu_kind, IOMMU_KIND_NONE);
	assert_false(inventory.firmware_known);
	assert_false(inventory.has_iommu_backend);
	assert_int_equal(inventory.drivers.n, 0);
}

TEST(a_list_that_cannot_be_read_is_an_error)
{
	tree_file(&tree, "sys/bus/pci/devices", "");
	tree_file(&tree, "proc/cmdline", "quiet");
	assert_int_equal(look(0, 0, NULL), -ENOTDIR);
	assert_int_equal(inventory.n, 0);
	assert_int_equal(inventory.known, 0);
}

TEST(a_function_with_all_of_it)
{
	const char *path = PORT "0000:01:00.0";
	const struct pci_function *nic;

	put_function(path);
	put_attribute(path, "uevent",
		      "DRIVER=e1000e\nPCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=1028:00A1\n"
		      "PCI_SLOT_NAME=0000:01:00.0\nMODALIAS=pci:nic\n");
	put_attribute(path, "revision", "0x0a\n");
	put_attribute(path, "numa_node", "1\n");
	put_attribute(path, "sriov_totalvfs", "8\n");
	put_attribute(path, "driver_override", "vfio-pci\n");
	put_link(path, "driver", "../../../../bus/pci/drivers/e1000e");
	put_link(path, "iommu_group", "../../../../kernel/iommu_groups/14");
	scan(0, FACT_DETAILS | FACT_PHYSFN | FACT_PATH | FACT_OVERRIDE);
	nic = function("0000:01:00.0");
	assert_int_equal(nic->vendor, 0x8086);
	assert_int_equal(nic->device, 0x10d3);
	assert_int_equal(nic->subsystem_vendor, 0x1028);
	assert_int_equal(nic->subsystem_device, 0x00a1);
	assert_int_equal(nic->class, 0x020000);
	assert_string_equal(nic->modalias, "pci:nic");
	assert_string_equal(nic->driver, "e1000e");
	assert_string_equal(nic->driver_override, "vfio-pci");
	assert_string_equal(nic->port_path, "00:03.1/00.0");
	assert_int_equal(nic->iommu_group, 14);
	assert_int_equal(nic->revision, 0x0a);
	assert_int_equal(nic->numa_node, 1);
	assert_int_equal(nic->total_vfs, 8);
	assert_false(nic->is_vf);
	assert_null(nic->name);
	assert_int_equal(nic->num_vfs, -1);
	assert_int_equal(nic->unknown, FUNCTION_MODULES | FUNCTION_SERIAL | FUNCTION_VFS);
}

TEST(only_what_was_asked_for_is_read)
{
	const char *path = PORT "0000:01:00.0";

	put_function(path);
	put_attribute(path, "uevent", "PCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=0:0\n");
	put_attribute(path, "revision", "0x0a\n");
	put_attribute(path, "driver_override", "vfio-pci\n");
	tree_file(&tree, "usr/share/misc/pci.ids", "8086  Intel\n");
	scan(0, 0);
	assert_null(function("01:00.0")->port_path);
	assert_int_equal(inventory.iommu, IOMMU_UNKNOWN);
	assert_int_equal(function("01:00.0")->revision, -1);
	assert_null(function("01:00.0")->driver_override);
	assert_null(function("01:00.0")->name);
	inventory_done(&inventory);
	scan(0, FACT_NAME);
	assert_string_equal(function("01:00.0")->name, "Intel");
}

TEST(the_override_of_one_that_hangs_is_not_read)
{
	const char *path = PORT "0000:01:00.0";

	put_function(path);
	put_attribute(path, "driver_override", "vfio-pci\n");
	scan(0, 0);
	function("01:00.0")->hangs = xstrdup("in phase early unbinding did not return within 10 s");
	scan(0, FACT_OVERRIDE);
	assert_null(function("01:00.0")->driver_override);
	assert_true(function("01:00.0")->unknown & FUNCTION_OVERRIDE);
}

TEST(a_bare_function_has_nothing_but_its_place)
{
	const char *path = PORT "0000:01:00.0";
	const struct pci_function *bare;

	put_function(path);
	scan(0, FACT_DETAILS | FACT_PHYSFN | FACT_NAME | FACT_OVERRIDE);
	bare = function("01:00.0");
	assert_null(bare->driver);
	assert_null(bare->driver_override);
	assert_null(bare->modalias);
	assert_int_equal(bare->iommu_group, -1);
	assert_int_equal(bare->revision, -1);
	assert_int_equal(bare->numa_node, -1);
	assert_int_equal(bare->total_vfs, -1);
	assert_int_equal(bare->unknown, FUNCTION_IDS | FUNCTION_CLASS | FUNCTION_MODULES |
						FUNCTION_SERIAL | FUNCTION_VFS);
}

TEST(captures_without_all_ids)
{
	static const struct {
		const char *vendor, *class, *modalias;
		unsigned unknown;
	} rows[] = {
		{"0x10de", "0x030200", NULL, 0},
		{NULL, "0x030200", NULL, FUNCTION_IDS},
		{"0x10de", NULL, NULL, FUNCTION_IDS | FUNCTION_CLASS},
		{"0x10de", "none", NULL, FUNCTION_IDS | FUNCTION_CLASS},
		/* What has them all is there, and says something else. */
		{"0x10de", "0x030200", "usb:v1", FUNCTION_IDS | FUNCTION_CLASS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf(PORT "0000:0%zu:00.0", i + 1);

		put_function(path);
		put_attribute(path, "device", "0x2342");
		put_attribute(path, "subsystem_vendor", "0x10de");
		put_attribute(path, "subsystem_device", "0x16eb");
		if (rows[i].vendor)
			put_attribute(path, "vendor", rows[i].vendor);
		if (rows[i].class)
			put_attribute(path, "class", rows[i].class);
		if (rows[i].modalias)
			put_attribute(path, "modalias", rows[i].modalias);
	}
	scan(0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct pci_function *found = &inventory.items[i];

		check_int(PCI_ADDRESS_TEXT(&found->address),
			  found->unknown & (FUNCTION_IDS | FUNCTION_CLASS), rows[i].unknown);
		if (!(rows[i].unknown & FUNCTION_CLASS))
			assert_int_equal(found->class, 0x030200);
	}
}

TEST(one_attribute_has_all_ids)
{
	const char *path = PORT "0000:01:00.0";
	const struct pci_function *nic;

	put_function(path);
	put_attribute(path, "modalias", "pci:v00008086d000010D3sv00001028sd000000A1bc02sc00i01\n");
	/* Nobody reads it: it can wait for the device's lock. */
	put_attribute(path, "uevent", "PCI_CLASS=1\nPCI_ID=1:1\nPCI_SUBSYS_ID=1:1\n");
	scan(0, 0);
	nic = function("0000:01:00.0");
	assert_int_equal(nic->unknown & FUNCTION_IDS, 0);
	assert_int_equal(nic->vendor, 0x8086);
	assert_int_equal(nic->device, 0x10d3);
	assert_int_equal(nic->class, 0x020001);
	assert_int_equal(nic->subsystem_vendor, 0x1028);
	assert_int_equal(nic->subsystem_device, 0xa1);
	assert_string_equal(nic->modalias, "pci:v00008086d000010D3sv00001028sd000000A1bc02sc00i01");
}

TEST(a_live_host_is_not_asked_for_uevent)
{
	put_function(PORT "0000:01:00.0");
	put_attribute(PORT "0000:01:00.0", "uevent",
		      "PCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=0:0\n");
	tree.root.live = true;
	scan(0, 0);
	assert_true(function("01:00.0")->unknown & FUNCTION_IDS);
	assert_int_equal(function("01:00.0")->vendor, 0);
}

TEST(ids_that_are_none_are_not_known)
{
	static const struct {
		const char *attribute, *value;
	} rows[] = {
		{"modalias", "pci:v00008086d000010D3sv00001028sd000000A1bc02sc00i\n"},
		{"modalias", "pci:v00008086d000010D3sv00001028sd000000A1bc02sc00i000\n"},
		{"modalias", "pci:v00018086d000010D3sv00001028sd000000A1bc02sc00i00\n"},
		{"modalias", "pci:v00008086d-00010D3sv00001028sd000000A1bc02sc00i00\n"},
		{"modalias", "usb:v00008086d000010D3sv00001028sd000000A1bc02sc00i00\n"},
		{"modalias", "pci:v\n"},
		{"modalias", "\n"},
		{"uevent", "PCI_ID=8086\nPCI_CLASS=20000\nPCI_SUBSYS_ID=0:0\n"},
		{"uevent", "PCI_ID=8086:g\nPCI_CLASS=20000\nPCI_SUBSYS_ID=0:0\n"},
		{"uevent", "PCI_ID=8086:10d3\nPCI_CLASS=1020000\nPCI_SUBSYS_ID=0:0\n"},
		{"uevent", "PCI_ID=8086:10d3\nPCI_CLASS=20000\nPCI_SUBSYS_ID=10000:0\n"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf(PORT "0000:01:%02zx.0", i);

		put_function(path);
		put_attribute(path, rows[i].attribute, rows[i].value);
	}
	scan(0, 0);
	assert_int_equal(inventory.n, ARRAY_SIZE(rows));
	for (size_t i = 0; i < inventory.n; i++)
		check(rows[i].value, inventory.items[i].unknown & FUNCTION_IDS);
}

TEST(what_is_there_and_cannot_be_read_is_not_absent)
{
	const char *path = PORT "0000:01:00.0";

	put_function(path);
	put_attribute(path, "driver", "no link");
	put_link(path, "iommu_group", "../groups/x");
	tree_dir(&tree, PORT "0000:01:00.0/driver_override");
	put_function(PORT "0000:01:00.1");
	put_attribute(PORT "0000:01:00.1", "iommu_group", "no link");
	tree_link(&tree, "sys/bus/pci/devices/0000:01:00.2", "../../../devices/gone");
	scan(0, FACT_DETAILS | FACT_PHYSFN | FACT_OVERRIDE);
	assert_int_equal(function("01:00.0")->unknown &
				 (FUNCTION_DRIVER | FUNCTION_GROUP | FUNCTION_OVERRIDE),
			 FUNCTION_DRIVER | FUNCTION_GROUP | FUNCTION_OVERRIDE);
	assert_int_equal(function("01:00.1")->unknown & FUNCTION_GROUP, FUNCTION_GROUP);
	assert_int_equal(function("01:00.1")->unknown & FUNCTION_OVERRIDE, 0);
	assert_int_equal(function("01:00.2")->unknown & (FUNCTION_IDS | FUNCTION_DRIVER |
							 FUNCTION_GROUP | FUNCTION_OVERRIDE),
			 FUNCTION_IDS | FUNCTION_DRIVER | FUNCTION_GROUP | FUNCTION_OVERRIDE);
	assert_int_equal(function("01:00.2")->iommu_group, -1);
}

TEST(other_names_in_the_list_are_no_functions)
{
	put_function(PORT "0000:01:00.0");
	tree_file(&tree, "sys/bus/pci/devices/README", "");
	tree_dir(&tree, "sys/bus/pci/devices/0000:01:00.8");
	scan(0, 0);
	assert_int_equal(inventory.n, 1);
}

TEST(port_paths)
{
	static const struct {
		const char *path, *address, *port_path;
	} rows[] = {
		{"sys/devices/pci0000:00/0000:00:1f.0", "00:1f.0", "00:1f.0"},
		{PORT "0000:01:00.0", "01:00.0", "00:03.1/00.0"},
		{PORT "0000:02:00.0/0000:03:04.0/0000:05:00.1", "05:00.1",
		 "00:03.1/00.0/04.0/00.1"},
		{"sys/devices/pci0001:80/0001:80:01.0/0001:81:00.0", "1:81:00.0",
		 "0001:80:01.0/00.0"},
		/* Behind Intel VMD: a root bus of its own below the VMD device. */
		{"sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0",
		 "10000:e1:00.0", "10000:e0:06.0/00.0"},
		/* A root bus that ACPI describes elsewhere, and Hyper-V's. */
		{"sys/devices/platform/soc/pci0002:00/0002:00:00.0", "2:00:00.0", "0002:00:00.0"},
		{"sys/devices/LNXSYSTM:00/VMBUS:01/47505500/pci4750:00/4750:00:00.0",
		 "4750:00:00.0", "4750:00:00.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		put_function(rows[i].path);
	scan(0, FACT_PATH);
	assert_int_equal(inventory.n, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_text(rows[i].path, function(rows[i].address)->port_path, rows[i].port_path);
}

TEST(virtual_functions_know_their_physical_one)
{
	put_function(PORT "0000:01:00.0");
	put_function(PORT "0000:01:10.0");
	put_link(PORT "0000:01:10.0", "physfn", "../0000:01:00.0");
	put_function(PORT "0000:01:10.1");
	put_link(PORT "0000:01:10.1", "physfn", "../nonsense");
	scan(0, FACT_DETAILS | FACT_PHYSFN);
	assert_true(function("01:10.0")->is_vf);
	assert_string_equal(PCI_ADDRESS_TEXT(&function("01:10.0")->physfn), "0000:01:00.0");
	assert_false(function("01:10.1")->is_vf);
	assert_false(function("01:00.0")->is_vf);
}

TEST(details_that_are_none)
{
	put_function(PORT "0000:01:00.0");
	put_attribute(PORT "0000:01:00.0", "numa_node", "-1\n");
	put_attribute(PORT "0000:01:00.0", "revision", "0x100\n");
	put_attribute(PORT "0000:01:00.0", "sriov_totalvfs", "99999999999\n");
	scan(0, FACT_DETAILS | FACT_PHYSFN);
	assert_int_equal(function("01:00.0")->numa_node, -1);
	assert_int_equal(function("01:00.0")->revision, -1);
	assert_int_equal(function("01:00.0")->total_vfs, -1);
}

TEST(overrides)
{
	static const struct {
		const char *content, *override;
	} rows[] = {{"vfio-pci\n", "vfio-pci"},
		    {"(null)\n", NULL},
		    {"\n", NULL},
		    {"", NULL},
		    {"x", "x"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf(PORT "0000:01:00.%zu", i);

		put_function(path);
		put_attribute(path, "driver_override", rows[i].content);
	}
	scan(0, FACT_OVERRIDE);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_text(rows[i].content, inventory.items[i].driver_override, rows[i].override);
		check_int(rows[i].content, inventory.items[i].unknown & FUNCTION_OVERRIDE, 0);
	}
}

TEST(an_override_whose_read_hangs_is_not_known)
{
	for (int i = 0; i < 3; i++) {
		_cleanup_free_ char *path = xasprintf(PORT "0000:01:00.%d", i);

		put_function(path);
		put_attribute(path, "driver_override", i == 1 ? "hangs\n" : "vfio-pci\n");
	}
	hanging_override = "hangs";
	scan(0, FACT_OVERRIDE);
	assert_string_equal(inventory.items[0].driver_override, "vfio-pci");
	assert_null(inventory.items[1].driver_override);
	assert_true(inventory.items[1].unknown & FUNCTION_OVERRIDE);
	assert_string_equal(inventory.items[2].driver_override, "vfio-pci");
}

TEST(overrides_are_not_known_where_they_cannot_be_asked)
{
	put_function(PORT "0000:01:00.0");
	put_attribute(PORT "0000:01:00.0", "driver_override", "vfio-pci\n");
	no_shared_memory = true;
	scan(0, FACT_OVERRIDE);
	assert_null(inventory.items[0].driver_override);
	assert_true(inventory.items[0].unknown & FUNCTION_OVERRIDE);
}

TEST(overrides_that_nobody_asks_for)
{
	put_function(PORT "0000:09:00.0");
	put_attribute(PORT "0000:09:00.0", "driver_override", "vfio-pci\n");
	scan(0, FACT_OVERRIDE);
	assert_null(inventory.items[0].driver_override);
	assert_false(inventory.items[0].unknown & FUNCTION_OVERRIDE);
}

TEST(serial_numbers)
{
	uint8_t config[PCI_CONFIG_BYTES] = {};
	static const uint8_t capability[] = {0x03, 0x00, 0x01, 0x00, 0x55, 0x44,
					     0x33, 0xff, 0xff, 0x22, 0x11, 0x00};
	static const struct {
		const char *place;
		size_t bytes;
		bool known, has;
	} rows[] = {
		{"0000:01:00.0", PCI_CONFIG_BYTES, true, true},
		{"0000:01:00.1", 64, false, false},
		{"0000:01:00.2", 256, false, false},
		{"0000:01:00.3", 0x108, true, false},
		{"0000:01:00.4", 0, false, false}, /* no file */
	};

	memcpy(config + 0x100, capability, sizeof(capability));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf(PORT "%s", rows[i].place);
		_cleanup_free_ char *file = xasprintf("%s/config", path);

		put_function(path);
		if (rows[i].bytes)
			tree_bytes(&tree, file, config, rows[i].bytes);
	}
	tree_link(&tree, "sys/bus/pci/devices/0000:01:00.5", "../../../devices/gone");
	scan(0, 0);
	scan(0, FACT_SERIAL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct pci_function *card = function(rows[i].place);

		check_int(rows[i].place, !(card->unknown & FUNCTION_SERIAL), rows[i].known);
		check_int(rows[i].place, card->has_serial, rows[i].has);
		if (rows[i].has)
			check(rows[i].place, card->serial == 0x001122ffff334455);
	}
	assert_true(function("01:00.5")->unknown & FUNCTION_SERIAL);
}

static ino_t lent(const char *place)
{
	struct pci_address address;
	struct stat st = {};
	int dir;

	assert_int_equal(pci_address_parse(place, &address), 0);
	dir = device_lend(&tree.root, &address);
	assert_true(dir >= 0 && fstat(dir, &st) == 0);
	return st.st_ino;
}

/* What was read is what is lent, as often as it is asked for, even if another came to its place. */
TEST(what_was_read_stays_lent)
{
	ino_t first;

	put_function(PORT "0000:01:00.0");
	scan(0, 0);
	first = lent("0000:01:00.0");
	tree_dir(&tree, "sys/devices/other");
	tree_remove(&tree, "sys/bus/pci/devices/0000:01:00.0");
	tree_link(&tree, "sys/bus/pci/devices/0000:01:00.0", "../../../devices/other");
	assert_true(lent("0000:01:00.0") == first);
	assert_true(lent("0000:01:00.0") == first);
	root_forget(&tree.root);
	assert_true(lent("0000:01:00.0") != first);
}

/* A stuck change of the power state, and a function of which an earlier phase said that it hangs. */
TEST(serial_numbers_of_what_does_not_answer_are_not_known)
{
	uint8_t config[PCI_CONFIG_BYTES] = {};
	static const uint8_t capability[] = {0x03, 0x00, 0x01, 0x00, 0x55, 0x44,
					     0x33, 0xff, 0xff, 0x22, 0x11, 0x00};

	memcpy(config + 0x100, capability, sizeof(capability));
	for (uint8_t i = 0; i < 4; i++) {
		_cleanup_free_ char *path = xasprintf(PORT "0000:01:00.%d", i);
		_cleanup_free_ char *file = xasprintf("%s/config", path);

		config[0] = i == 1 ? 0x99 : 0x86;
		put_function(path);
		tree_bytes(&tree, file, config, sizeof(config));
	}
	hanging_config = 0x99;
	scan(0, 0);
	function("01:00.2")->hangs = xstrdup("in phase early unbinding did not return within 10 s");
	scan(0, FACT_SERIAL);
	for (size_t i = 0; i < inventory.n; i++) {
		const struct pci_function *card = &inventory.items[i];
		const char *place = PCI_ADDRESS_TEXT(&card->address);
		bool answers = i == 0 || i == 3;

		check_int(place, !(card->unknown & FUNCTION_SERIAL), answers);
		check_int(place, card->has_serial, answers);
	}
}

static char *places_found(void)
{
	char *found = xstrdup("");

	vec_foreach(function, &inventory) {
		char *longer = xasprintf("%s%s%s", found, *found ? " " : "",
					 PCI_ADDRESS_TEXT(&function->address));

		free(found);
		found = longer;
	}
	return found;
}

/* The functions that a scan of these places finds, "ADDRESS" each, and that the rest makes it all of them. */
static void expect_places(const char *places, const char *want)
{
	_cleanup_free_ char *got = NULL, *all = NULL;
	struct address_list list = {};
	struct strv words = {};

	strv_split(&words, places, " ");
	for (size_t i = 0; i < words.n; i++)
		assert_int_equal(address_pattern_parse(words.items[i], vec_add(&list)), 0);
	address_list_sort(&list);
	assert_int_equal(pci_list(&tree.root, &list, &inventory), 0);
	got = places_found();
	check_text(places, got, want);
	assert_int_equal(pci_list(&tree.root, NULL, &inventory), 0);
	all = places_found();
	check_text(places, all,
		   "0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:03:00.0 0000:04:00.0 0000:05:00.0 "
		   "0000:06:00.0 0001:01:00.0");
	inventory_done(&inventory);
	strv_done(&words);
	free(list.items);
}

/* Only the buses that are asked for, and who shares a group with what is there. */
TEST(places_alone)
{
	static const struct {
		const char *place, *group;
	} rows[] = {{"0000:01:00.0", "1"}, {"0000:01:00.1", "1"},  {"0000:02:00.0", "1"},
		    {"0000:03:00.0", "2"}, {"0000:04:00.0", NULL}, {"0000:05:00.0", "3"},
		    {"0000:06:00.0", "2"}, {"0001:01:00.0", "4"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf(PORT "%s", rows[i].place);

		put_function(path);
		if (rows[i].group) {
			_cleanup_free_ char *group = xasprintf("../../kernel/iommu_groups/%s",
							       rows[i].group);
			_cleanup_free_ char *member =
				xasprintf("sys/kernel/iommu_groups/%s/devices/%s", rows[i].group,
					  rows[i].place);

			put_link(path, "iommu_group", group);
			tree_link(&tree, member, "x");
		}
	}
	expect_places("05:00.0", "0000:05:00.0");
	expect_places("03:00.0", "0000:03:00.0 0000:06:00.0");
	expect_places("02:00.*", "0000:01:00.0 0000:01:00.1 0000:02:00.0");
	/* All of the bus, though only one of it is named. */
	expect_places("01:00.1", "0000:01:00.0 0000:01:00.1 0000:02:00.0");
	expect_places("04:00.0", "0000:04:00.0");
	expect_places("1:01:00.0", "0001:01:00.0");
	expect_places("09:00.0", "");
	expect_places("", "");
	expect_places("01:00.0 02:00.0 03:00.0 04:00.0",
		      "0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:03:00.0 0000:04:00.0 "
		      "0000:06:00.0");
	expect_places("04:00.0 05:00.0 09:00.0", "0000:04:00.0 0000:05:00.0");
	/* To read what is left is less work than to list their groups. */
	expect_places("01:00.0 02:00.0 03:00.0 04:00.0 05:00.0",
		      "0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:03:00.0 0000:04:00.0 "
		      "0000:05:00.0 0000:06:00.0 0001:01:00.0");
}

/* What is known already is not looked at again, and what is lent stays so. */
TEST(the_rest_alone)
{
	struct address_list list = {};
	ino_t first;

	put_function(PORT "0000:01:00.0");
	put_function(PORT "0000:02:00.0");
	first = lent("0000:01:00.0");
	assert_int_equal(address_pattern_parse("01:00.0", vec_add(&list)), 0);
	assert_int_equal(pci_list(&tree.root, &list, &inventory), 0);
	inventory.items[0].device = 0x4711;
	tree_remove(&tree, "sys/bus/pci/devices/0000:01:00.0");
	tree_dir(&tree, "sys/bus/pci/devices/0000:01:00.0");
	assert_int_equal(pci_list(&tree.root, NULL, &inventory), 0);
	assert_int_equal(inventory.n, 2);
	assert_int_equal(function("01:00.0")->device, 0x4711);
	assert_true(lent("0000:01:00.0") == first);
	inventory_done(&inventory);
	free(list.items);
}

int main(void)
{
#define SCAN_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		SCAN_TEST(a_host_without_pci_is_a_host),
		SCAN_TEST(a_list_that_cannot_be_read_is_an_error),
		SCAN_TEST(a_function_with_all_of_it),
		SCAN_TEST(only_what_was_asked_for_is_read),
		SCAN_TEST(the_override_of_one_that_hangs_is_not_read),
		SCAN_TEST(a_bare_function_has_nothing_but_its_place),
		SCAN_TEST(captures_without_all_ids),
		SCAN_TEST(one_attribute_has_all_ids),
		SCAN_TEST(a_live_host_is_not_asked_for_uevent),
		SCAN_TEST(ids_that_are_none_are_not_known),
		SCAN_TEST(what_is_there_and_cannot_be_read_is_not_absent),
		SCAN_TEST(other_names_in_the_list_are_no_functions),
		SCAN_TEST(port_paths),
		SCAN_TEST(virtual_functions_know_their_physical_one),
		SCAN_TEST(details_that_are_none),
		SCAN_TEST(overrides),
		SCAN_TEST(an_override_whose_read_hangs_is_not_known),
		SCAN_TEST(overrides_are_not_known_where_they_cannot_be_asked),
		SCAN_TEST(overrides_that_nobody_asks_for),
		SCAN_TEST(serial_numbers),
		SCAN_TEST(what_was_read_stays_lent),
		SCAN_TEST(serial_numbers_of_what_does_not_answer_are_not_known),
		SCAN_TEST(places_alone),
		SCAN_TEST(the_rest_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
