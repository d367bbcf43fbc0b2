/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/public_words.h"

#include "support.h"

static void expect(const struct public_words *words, const char *text, bool word, bool name)
{
	check_int(text, is_public_word(words, text, strlen(text)), word);
	check_int(text, is_public_name(words, text, strlen(text)), name);
}

TEST(vocabulary_is_sorted)
{
	assert_true(n_vocabulary > 1000);
	for (size_t i = 1; i < n_vocabulary; i++)
		check(vocabulary[i], strcmp(vocabulary[i - 1], vocabulary[i]) < 0);
}

TEST(words)
{
	_cleanup_(public_words_done) struct public_words words = {};

	public_words_add(&words, "acme-Drv_x9");
	public_words_add(&words, "acme");
	public_words_add(&words, "");
	/* What a parser looks for, as in its literals. */
	expect(&words, "driver", true, true);
	expect(&words, "DRIVER", true, true);
	expect(&words, "hostdev", true, true);
	expect(&words, "amd64", true, true);
	expect(&words, "acme", true, true);
	expect(&words, "DRV", true, true);
	expect(&words, "x9", true, true);
	expect(&words, "q", true, true);
	expect(&words, "zimmerfrau", false, false);
	expect(&words, "acmedrv", false, false);
	expect(&words, "", false, false);
}

TEST(names_of_the_kernel)
{
	static const char *const kept[] = {"eth0",  "enp1s0f0np0",
					   "eno1",  "nvme0n1p2",
					   "sda1",  "xvdb",
					   "64k",   "300s",
					   "gpu12", "v00008086d000010D3"};
	static const char *const gone[] = {"zoe1",      "eth0S4E",        "zoe12",     "nvme0n1p",
					   "sdabc",     "S4EV1",          "gpu123456", "64zoe",
					   "v00001234", "v0000d000010D3", "sdq1234"};
	struct public_words none = {};

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		check(kept[i], is_public_name(&none, kept[i], strlen(kept[i])));
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		check(gone[i], !is_public_name(&none, gone[i], strlen(gone[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vocabulary_is_sorted),
		cmocka_unit_test(words),
		cmocka_unit_test(names_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
