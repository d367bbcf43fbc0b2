/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub_words.h"

#include "support.h"

/* What becomes of a text, which stays when it is scrubbed again. known: the name of a driver; NULL: none. */
static void expect(const char *known, const char *text, const char *want)
{
	for (int pass = 0; pass < 2; pass++, text = want) {
		_cleanup_(scrub_done) struct scrub scrub = {.reserving = true};
		_cleanup_free_ char *got = NULL;
		size_t length = 4711;

		if (known)
			public_words_add(&scrub.known, known);
		scrub_know_release(&scrub, "6.9.3-76060903-generic");
		free(scrub_words(&scrub, &scrub_short, text, strlen(text), &length));
		scrub_start(&scrub);
		got = scrub_words(&scrub, &scrub_short, text, strlen(text), &length);
		check_text(text, got, want);
		check_int(text, length, strlen(want));
	}
}

TEST(what_stays)
{
	static const char *const texts[] = {
		"0000:01:00.0 10000:e1:00.0 01:00.* 0000:01:00 00:03.1/00.0 pci0000:00 pci10000:e1",
		"8086:10d3 8086:10d3:8086:a01f:020000:ffff00 8086::0300 ::030000 10de 0x10de 0x030000",
		"030000 0 65535 -1 1.2.3 2-7,10 64k 2M 300s 8:16 ffffffff",
		"6.1.0-56-amd64 6.9.3-76060903-generic 5.14.0-427.el9 6.12.107+deb13-amd64",
		"initrd.img-6.1.0-56-amd64 vfio-pci driver_override GRUB_CMDLINE_LINUX",
		"eth0 eno1 enp1s0f0np0 ens1f1np1 enP2p1s0 bond0.7 sda sda1 vdb nvme0n1p2 md127 dm-0",
		"pci:v00008086d000010D3sv*sd*bc*sc*i* v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00",
		"0.0.0.0 127.0.0.1 255.255.255.0 ::1 x y",
		"4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
		"a\\040b \\x20 \\ ::: --",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect(NULL, texts[i], texts[i]);
	expect("acme_zoe-net", "acme Zoe NET", "acme Zoe NET");
	expect(NULL, "acme Zoe net", "word1 word2 net");
}

#define UUID "8a9b1c2d-1111-2222-3333-444455556666"

TEST(what_goes)
{
	static const char *const rows[][2] = {
		{UUID " 8A9B1C2D-1111-2222-3333-444455556666 8a9b1c2d111122223333444455556666",
		 "00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000001 "
		 "00000000000000000000000000000001"},
		{"UUID=" UUID "-part2", "UUID=00000000-0000-0000-0000-000000000001-part2"},
		/* One card, however it is written. */
		{"lan:52:54:00:12:34:57 BOOTIF=01-52-54-00-12-34-57 enx525400123457",
		 "lan:00:00:00:00:00:01 BOOTIF=01-00-00-00-00-00-01 enx000000000001"},
		{"00-11-22-ff-FF-33-44-55 50:06:01:60:44:60:21:98",
		 "00-00-00-00-00-00-00-01 00:00:00:00:00:00:00:02"},
		{"1a2b3c4d-02 1234-ABCD 1234-5678 3f2b1c4d:5e6f7a8b:9c0d1e2f:3a4b5c6d",
		 "00000000-01 0000-0002 0000-0003 00000000:00000000:00000000:00000004"},
		{"0123456789abcdef0123456789abcdef-6.1.0-56-amd64",
		 "00000000000000000000000000000001-6.1.0-56-amd64"},
		{"wwn-0x5000c500a1b2c3d4-part1 eui.0025385b71b0a1c2 15231412341234123412 234567",
		 "word1-0x0000000000000001-part1 word2.0000000000000002 00000000000000000003 000004"},
		{"kXFZ1l-1ab2-9Qrs-TUVw-2345", "word1-word2-word3-word4-word5"},
		{"nvme-Zoe_SSD_9700_S4EV12", "nvme-word1_word2_word3_word4"},
		/* Of two parts of a name each stays what it is alone: /dev/VG/LV is VG-LV, too. */
		{"/dev/zoe/root zoe-root al-zoe", "/dev/word1/root word1-root word2-word1"},
		{"zoe Zoe=z\xc3\xb6 dead", "word1 word2=word3 word4"},
		{"192.168.20.5:/zoe [2001:db8::5]:/zoe 192.168.20.5 2001:db8:0::5",
		 "193.0.0.0:/word1 [2100:0:0:0:0:0:0:0]:/word1 193.0.0.0 2100:0:0:0:0:0:0:0"},
		{"::ffff:192.168.20.5 2001:db8::192.168.20.5 2001:db8::5.",
		 "100:0:0:0:0:0:0:0 2100:0:0:0:0:0:8000:0 2100:0:0:0:0:0:0:0."},
		{"a\\040zoe\\x2dzoe", "a\\040word1\\x2dword1"},
		/* What is a replacement already keeps its number, whoever comes first. */
		{"zoe word7 1234-ABCD 0000-0003", "word8 word7 0000-0004 0000-0003"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(NULL, rows[i][0], rows[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stays),
		cmocka_unit_test(what_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
