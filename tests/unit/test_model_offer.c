/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/offer.h"

#include "support.h"

TEST(names_of_verdicts)
{
	for (enum offer_when when = OFFER_NOW; when < N_OFFERS; when++)
		for (enum offer_when other = OFFER_NOW; other < when; other++)
			assert_string_not_equal(offer_names[when], offer_names[other]);
}

TEST(offers_are_freed_once)
{
	struct offers offers = {.items = xcalloc(2, sizeof(*offers.items)), .n = 2};

	offers.items[1].why = xstrdup("why");
	*vec_add(&offers.items[1].with) = address("01:00.0");
	offers_done(&offers);
	assert_null(offers.items);
	assert_int_equal(offers.n, 0);
	offers_done(&offers);
	offers_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_verdicts),
		cmocka_unit_test(offers_are_freed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
