/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/mounts.h"

#include "support.h"

TEST(types_of_networks)
{
	assert_true(type_is_of_network("nfs4"));
	assert_true(type_is_of_network("ceph"));
	assert_false(type_is_of_network("ext4"));
	assert_false(type_is_of_network("fuse"));
}

TEST(entries_that_need_a_device)
{
	static const struct {
		const char *source, *type;
		bool network, needs;
	} rows[] = {
		{"/dev/sda1", "ext4", false, true},      {"UUID=1", "xfs", true, true},
		{"LABEL=data", "auto", false, true},     {"server:/home", "nfs", false, false},
		{"tmpfs", "tmpfs", false, false},        {"/home", "none", false, false},
		{"sshfs#host:", "fuse", false, false},   {"ntfs-3g#/dev/sdb1", "fuse", false, true},
		{"lake@tcp:/fs", "lustre", true, false}, {"pool/mdt", "lustre", true, true},
		{"what", "unheard-of", false, true},     {"what", "unheard-of", true, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mount entry = {.source = (char *)rows[i].source,
					    .target = (char *)"/mnt",
					    .type = (char *)rows[i].type,
					    .network = rows[i].network};

		check_int(rows[i].source, entry_needs_device(&entry), rows[i].needs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_of_networks),
		cmocka_unit_test(entries_that_need_a_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
