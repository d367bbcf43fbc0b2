/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: kmod_new */
#include "host/modules.h"
#include "support.h"

#include <arpa/inet.h>
#include <libkmod.h>
#include <signal.h>
#include <stdlib.h>

#define RELEASE "6.1.0-test"
#define NIC "pci:v00008086d000010D3sv*sd*bc*sc*i*"

/*
 * A table as depmod writes it (libkmod-index.c): a trie, big endian. Here it is the root and a leaf
 * for each key, so the first characters must differ and ascend.
 */
struct entry {
	const char *key;
	const char *values[3];
};

/* Where modules are loaded from, and what is configured for them, in place of the running host's; or NULL. */
static const char *own_tables, *own_configuration;

struct kmod_ctx *__real_kmod_new(const char *directory, const char *const *configuration);
struct kmod_ctx *__wrap_kmod_new(const char *directory, const char *const *configuration);
struct kmod_ctx *__wrap_kmod_new(const char *directory, const char *const *configuration)
{
	const char *const own[] = {own_configuration, NULL};

	return own_tables && !directory ? __real_kmod_new(own_tables, own)
					: __real_kmod_new(directory, configuration);
}

static void put32(uint8_t *bytes, size_t *length, uint32_t value)
{
	value = htonl(value);
	memcpy(bytes + *length, &value, sizeof(value));
	*length += sizeof(value);
}

static void put_table(struct tree *tree, const char *name, const struct entry *entries, size_t n)
{
	const uint32_t prefix = 0x80000000, values = 0x40000000, childs = 0x20000000;
	_cleanup_free_ char *path = xasprintf("lib/modules/" RELEASE "/%s", name);
	uint32_t leaves[256] = {};
	uint8_t bytes[4096];
	size_t length = 12, root;

	for (size_t i = 0; i < n; i++) {
		size_t n_values = 0;

		leaves[(uint8_t)entries[i].key[0]] = prefix | values | (uint32_t)length;
		strcpy((char *)bytes + length, entries[i].key + 1);
		length += strlen(entries[i].key);
		while (n_values < 3 && entries[i].values[n_values])
			n_values++;
		put32(bytes, &length, (uint32_t)n_values);
		for (size_t j = 0; j < n_values; j++) {
			put32(bytes, &length, (uint32_t)j);
			strcpy((char *)bytes + length, entries[i].values[j]);
			length += strlen(entries[i].values[j]) + 1;
		}
	}
	root = length;
	if (n) {
		bytes[length++] = (uint8_t)entries[0].key[0];
		bytes[length++] = (uint8_t)entries[n - 1].key[0];
		for (unsigned c = (uint8_t)entries[0].key[0]; c <= (uint8_t)entries[n - 1].key[0];
		     c++)
			put32(bytes, &length, leaves[c]);
	}
	size_t header = 0;

	put32(bytes, &header, 0xb007f457);
	put32(bytes, &header, 0x00020001);
	put32(bytes, &header, n ? childs | (uint32_t)root : 0);
	tree_bytes(tree, path, bytes, length);
}

static void put_tables(struct tree *tree)
{
	static const struct entry aliases[] = {
		{NIC, {"e1000e", "another_nic", "e1000e"}},
		{"vfio_pci:v00008086d000010D3sv*sd*bc*sc*i*", {"e1000e_vfio_pci"}},
	};

	put_table(tree, "modules.alias.bin", aliases, ARRAY_SIZE(aliases));
	put_table(tree, "modules.dep.bin", NULL, 0);
	put_table(tree, "modules.symbols.bin", NULL, 0);
	put_table(tree, "modules.builtin.bin", NULL, 0);
	put_table(tree, "modules.builtin.alias.bin", NULL, 0);
}

static struct tree tree;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

#define NIC_ALIAS "pci:v00008086d000010D3sv1sd2bc02sc00i00"

/* Looks one alias up: what modules_find() returns, and the names, "a b"; "?" where they are not known. */
static int find(const char *release, const char *alias, char **ret)
{
	_cleanup_(strv_done) struct strv aliases = {};
	struct found_modules found = {};
	int r;

	strv_add(&aliases, alias);
	r = modules_find(&tree.root, release, &aliases, &found);
	*ret = found.known ? strv_join(&found.names, " ") : xstrdup("?");
	strv_done(&found.names);
	return r;
}

static void expect(const char *alias, const char *want)
{
	_cleanup_free_ char *names = NULL;

	check_int(alias, find(RELEASE, alias, &names), 0);
	check_text(alias, names, want);
}

static void expect_error(const char *what, const char *release, int error)
{
	_cleanup_free_ char *names = NULL;

	check_int(what, find(release, NIC_ALIAS, &names), error);
	check_text(what, names, "?");
}

TEST(aliases_are_looked_up)
{
	put_tables(&tree);
	expect(NIC_ALIAS, "another_nic e1000e");
	expect("vfio_pci:v00008086d000010D3sv1sd2bc02sc00i00", "e1000e_vfio_pci");
	expect("pci:v00001234d00005678sv1sd2bc02sc00i00", "");
}

TEST(the_host_s_own_configuration_plays_no_part)
{
	put_tables(&tree);
	tree_file(&tree, "etc/modprobe.d/x.conf", "blacklist e1000e\nalias " NIC " other\n");
	expect(NIC_ALIAS, "another_nic e1000e");
}

TEST(tables_that_are_not_there)
{
	expect_error("no directory", RELEASE, -ENOENT);
	tree_dir(&tree, "lib/modules/" RELEASE);
	expect_error("empty", RELEASE, -ENOENT);
	tree_file(&tree, "lib/modules/file", "");
	expect_error("file", "file", -ENOTDIR);
}

/* A kernel's release is read from a file, and stays a name below the root. */
TEST(tables_stay_inside_the_root)
{
	tree_dir(&tree, "lib/modules");
	expect_error("outside", "../../../../../../../../tmp", -ENOENT);
}

/* libkmod would wait for a pipe, and follow a link to wherever it leads; on the host itself links are its own. */
TEST(tables_are_files)
{
	_cleanup_free_ char *pipe = tree_place(&tree,
					       "lib/modules/" RELEASE "/modules.symbols.bin");

	put_tables(&tree);
	tree_remove(&tree, "lib/modules/" RELEASE "/modules.symbols.bin");
	tree_link(&tree, "lib/modules/" RELEASE "/modules.symbols.bin", "modules.dep.bin");
	expect_error("link", RELEASE, -ENOENT);
	tree.root.live = true;
	expect(NIC_ALIAS, "another_nic e1000e");
	tree_remove(&tree, "lib/modules/" RELEASE "/modules.symbols.bin");
	assert_int_equal(mkfifo(pipe, 0600), 0);
	expect_error("pipe, live", RELEASE, -ENOENT);
	tree.root.live = false;
	expect_error("pipe", RELEASE, -ENOENT);
}

/* A table that ends too early, and one that overruns an array of libkmod (libkmod-index.c, 256 children). */
TEST(damaged_tables)
{
	static const uint8_t smash[12 + 2 + 1024 + 65] = {0xb0, 0x07, 0xf4, 0x57, 0x00, 0x02,
							  0x00, 0x01, 0x20, 0x00, 0x00, 0x0c,
							  0x80, 0x7f, 'A',  'A',  'A',  'A'};
	static const char *const name = "lib/modules/" RELEASE "/modules.alias.bin";
	uint8_t bytes[sizeof(smash)];

	put_tables(&tree);
	memcpy(bytes, smash, sizeof(smash));
	memset(bytes + 14, 'A', 1024);
	tree_bytes(&tree, name, bytes, sizeof(bytes));
	expect_error("smash", RELEASE, -EUCLEAN);
	check_part("smash", tree.root.unread, "/lib/modules/" RELEASE);
	for (size_t length = 0; length < 64; length++) {
		_cleanup_free_ char *path = tree_place(&tree, name), *names = NULL;
		int r;

		put_tables(&tree);
		assert_int_equal(truncate(path, (off_t)length), 0);
		r = find(RELEASE, NIC_ALIAS, &names);
		assert_true(r == 0 || r == -ENOENT || r == -EUCLEAN);
		assert_string_not_equal(names, "another_nic e1000e");
	}
}

TEST(descriptors_are_closed)
{
	int before = dup(0), after;

	close(before);
	put_tables(&tree);
	for (int i = 0; i < 3; i++)
		expect(NIC_ALIAS, "another_nic e1000e");
	/* The directory of the tables is lent. */
	root_forget(&tree.root);
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

TEST(only_the_running_host_loads_modules)
{
	struct root host;

	put_tables(&tree);
	assert_int_equal(module_load(&tree.root, "e1000e"), -EOPNOTSUPP);

	assert_int_equal(root_init(&host, "/"), 0);
	assert_int_equal(module_load(&host, "no_such_module_vfio_prepare"), -ENOENT);
	root_done(&host);
}

/*
 * What is kept from us does not hold for programs: they end when they are told to. Soft dependencies are loaded
 * before, and of the module itself only the line is not heeded.
 */
TEST(programs_of_install_lines)
{
	static const struct entry dependencies[] = {{"soft", {"soft.ko:"}},
						    {"top", {"top.ko: below.ko"}}};
	_cleanup_free_ char *tables = tree_place(&tree, "lib/modules/" RELEASE),
			    *configuration = tree_place(&tree, "modprobe.d"),
			    *text = xasprintf("install below exec >%s/said; echo $MODPROBE_MODULE; "
					      "trap 'echo told' INT; kill -INT $$; true\n"
					      "softdep top pre: soft\n"
					      "install soft echo soft >>%s/said\n"
					      "install top echo top >>%s/said\n",
					      tree.path, tree.path, tree.path),
			    *said = NULL;
	sigset_t held, before;
	struct root host;

	put_tables(&tree);
	put_table(&tree, "modules.dep.bin", dependencies, ARRAY_SIZE(dependencies));
	tree_file(&tree, "lib/modules/" RELEASE "/top.ko", "no module");
	tree_file(&tree, "lib/modules/" RELEASE "/below.ko", "");
	tree_file(&tree, "lib/modules/" RELEASE "/soft.ko", "");
	tree_file(&tree, "modprobe.d/x.conf", text);
	own_tables = tables;
	own_configuration = configuration;
	assert_int_equal(root_init(&host, "/"), 0);
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigprocmask(SIG_BLOCK, &held, &before);
	assert_true(module_load(&host, "top") < 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	own_tables = NULL;
	root_done(&host);
	assert_int_equal(root_read_file(&tree.root, "/said", 100, &said, NULL), 0);
	assert_string_equal(said, "below\ntold\nsoft\n");
	assert_null(getenv("MODPROBE_MODULE"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(aliases_are_looked_up, start, stop),
		cmocka_unit_test_setup_teardown(the_host_s_own_configuration_plays_no_part, start,
						stop),
		cmocka_unit_test_setup_teardown(tables_that_are_not_there, start, stop),
		cmocka_unit_test_setup_teardown(tables_stay_inside_the_root, start, stop),
		cmocka_unit_test_setup_teardown(tables_are_files, start, stop),
		cmocka_unit_test_setup_teardown(damaged_tables, start, stop),
		cmocka_unit_test_setup_teardown(descriptors_are_closed, start, stop),
		cmocka_unit_test_setup_teardown(only_the_running_host_loads_modules, start, stop),
		cmocka_unit_test_setup_teardown(programs_of_install_lines, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
