/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/network.h"

#include "base/buf.h"
#include "parse/tables.h"
#include "storage.h"

/* "WHAT [SERVER]" in each line. */
static void expect(const char *what, const struct storage *storage, const char *want)
{
	struct network_needs needs = {};
	struct buf got = {};

	network_needs_make(storage, &needs);
	vec_foreach(need, &needs)
		buf_addf(&got, "%s%s%s\n", need->what, need->server ? " by " : "",
			 need->server ? need->server : "");
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	network_needs_done(&needs);
	network_needs_done(NULL);
}

TEST(mounts)
{
	static const struct {
		const char *mount, *want;
	} rows[] = {
		{"/a rw - nfs4 192.168.20.5:/x rw", "/a (192.168.20.5:/x) by 192.168.20.5\n"},
		{"/a rw - nfs4 nas:/x rw,addr=10.0.0.1", "/a (nas:/x) by 10.0.0.1\n"},
		{"/a rw - nfs nas:/x rw", "/a (nas:/x)\n"},
		{"/a rw - nfs4 [fd00::5]:/x rw", "/a ([fd00::5]:/x) by fd00::5\n"},
		{"/a rw - nfs4 [fe80::5%eth0]:/x rw", "/a ([fe80::5%eth0]:/x) by fe80::5\n"},
		{"/a rw - cifs //10.0.0.2/s rw", "/a (//10.0.0.2/s) by 10.0.0.2\n"},
		{"/a rw - fuse.sshfs me@10.0.0.3:/x rw", "/a (me@10.0.0.3:/x) by 10.0.0.3\n"},
		/* Several servers, of which the host knows some. */
		{"/a rw - ceph 10.0.0.4:6789:/ rw", "/a (10.0.0.4:6789:/)\n"},
		{"/a rw - fuse.glusterfs 10.0.0.5:/v rw", "/a (10.0.0.5:/v)\n"},
		{"/a rw - lustre 10.0.0.6@tcp:/l rw", "/a (10.0.0.6@tcp:/l)\n"},
		/* A server's own disk; the root; what lies on none. */
		{"/a rw - lustre tank/ost0 rw", ""},
		{"/ rw - nfs4 10.0.0.7:/root rw", ""},
		{"/a rw - tmpfs tmpfs rw", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("36 35 0:45 / %s\n", rows[i].mount);
		struct storage storage = {};

		mountinfo_parse(text, &storage.mounts);
		expect(rows[i].mount, &storage, rows[i].want);
		storage_done(&storage);
	}
}

TEST(fstab_and_disks)
{
	struct storage storage = {};

	/* What is mounted counts once, and what cannot be told apart from other hosts not at all. */
	mountinfo_parse("36 35 0:45 / /a rw - nfs4 nas:/x rw,addr=10.0.0.1\n", &storage.mounts);
	fstab_parse("10.0.0.2:/x /a nfs4\n10.0.0.2:/y /b nfs4 noauto\nnas:/z /c nfs4\n"
		    "/dev/sda1 /d ext4\n",
		    &storage.fstab);
	storage_devices(&storage, "nbd0 43:0 network\nsda 8:0 @01:00.0\nsdb 8:16 network\n"
				  "sdb1 8:17 <sdb network\n");
	expect("all", &storage,
	       "/a (nas:/x) by 10.0.0.1\nfstab /b (10.0.0.2:/y) by 10.0.0.2\ndisk sdb\n");
	storage_done(&storage);
}

TEST(ways)
{
	static const struct {
		const char *server, *way;
	} rows[] = {
		{"10.0.1.9", "eth1"}, {"10.0.2.200", "eth2"}, {"10.0.2.100", "eth1"},
		{"8.8.8.8", "eth0"},  {"fd00::9", "eth3"},    {"2001:db8::1", NULL},
		{"nas", NULL},        {NULL, NULL},
	};
	struct network network = {};

	routes6_parse("fd000000000000000000000000000000 40 0 0 0 0 0 0 1 eth3\n"
		      "fe800000000000000000000000000000 40 0 0 0 0 0 0 1 eth4\n"
		      "ff000000000000000000000000000000 08 0 0 0 0 0 0 1 eth4\n",
		      &network);
	for (size_t i = 0; i < 3; i++) {
		struct route routes[] = {
			{(char[]){"eth0"}, false, {}, 0},
			{(char[]){"eth1"}, false, {10, 0}, 16},
			{(char[]){"eth2"}, false, {10, 0, 2, 128}, 25},
		};

		*vec_add(&network.routes) = routes[i];
		network.routes.items[network.routes.n - 1].interface = xstrdup(routes[i].interface);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_text(rows[i].server ? rows[i].server : "none",
			   network_way(&network, rows[i].server), rows[i].way);
	assert_true(interface_has_route(&network, "eth2"));
	assert_true(interface_has_route(&network, "eth3"));
	assert_false(interface_has_route(&network, "eth4"));
	network_done(&network);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts),
		cmocka_unit_test(fstab_and_disks),
		cmocka_unit_test(ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
