/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub_addresses.h"

#include <arpa/inet.h>

#include "support.h"

static const char *const texts[] = {
	"10.0.0.1",    "10.0.0.2",      "10.1.0.0",    "11.0.0.1",      "172.16.4.0",
	"172.16.6.77", "192.168.4.0",   "192.168.7.9", "192.168.8.1",   "203.0.113.77",
	"fd00::5",     "fd00:0:0:1::5", "fe80::1",     "fe80::2:3:4:5", "ff02::1",
	"2001:db8::1", "2001:db8:1::1", "2a00::1",
};

static struct ip ip_of(const char *text)
{
	struct ip ip;
	uint8_t bytes[4];

	if (inet_pton(AF_INET, text, bytes) == 1)
		return ip_of_4(bytes);
	assert_int_equal(inet_pton(AF_INET6, text, ip.bytes), 1);
	return ip;
}

static size_t n_equal_bits(const struct ip *a, const struct ip *b)
{
	size_t n = 0;

	while (n < 128 && !((a->bytes[n / 8] ^ b->bytes[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}

TEST(networks_stay)
{
	_cleanup_(scrub_addresses_done) struct scrub_addresses addresses = {}, again = {};
	struct ip from[ARRAY_SIZE(texts)], to[ARRAY_SIZE(texts)];

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		from[i] = ip_of(texts[i]);
		scrub_addresses_add(&addresses, &from[i]);
	}
	scrub_addresses_sort(&addresses);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		to[i] = scrub_address(&addresses, &from[i]);
		scrub_addresses_add(&again, &to[i]);
		check(texts[i], n_equal_bits(&from[i], &to[i]) < 128 ||
					strcmp(texts[i], "fe80::1") == 0 ||
					strcmp(texts[i], "ff02::1") == 0);
	}
	scrub_addresses_sort(&again);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct ip twice = scrub_address(&again, &to[i]);

		check_int(texts[i], n_equal_bits(&twice, &to[i]), 128);
		/* Of a network of 8 bits or more, or of 3 at most, both are before and after. */
		for (size_t j = 0; j < ARRAY_SIZE(texts); j++) {
			size_t before = n_equal_bits(&from[i], &from[j]),
			       after = n_equal_bits(&to[i], &to[j]);
			size_t start = strchr(texts[i], '.') ? 96 : 0;
			bool both = (start != 0) == (strchr(texts[j], '.') != NULL);

			check(texts[i], !both || before == after ||
						(before < start + 8 && after < start + 8 &&
						 before >= start + 3 && after >= start + 3));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
