/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/places.h"

#include "support.h"

TEST(a_path_has_one_place)
{
	struct places places = {};
	struct place *first = places_get(&places, "/etc/fstab"), *second;

	assert_int_equal(first->file, -1);
	assert_int_equal(first->directory, -1);
	assert_false(first->has_stat || first->has_text || first->has_names || first->has_link);
	check_text("path", first->path, "/etc/fstab");
	first->has_text = true;
	second = places_get(&places, "/etc/crypttab");
	assert_false(second->has_text);
	/* Others that came meanwhile move nothing. */
	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *path = xasprintf("/sys/%d", i);

		places_get(&places, path);
	}
	assert_ptr_equal(places_get(&places, "/etc/fstab"), first);
	assert_ptr_equal(places_get(&places, "/etc/crypttab"), second);
	places_done(&places);
}

TEST(what_is_open_is_closed_at_the_end)
{
	struct places places = {};
	struct place *place = places_get(&places, "/");
	int file = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_true(file >= 0 && directory >= 0);
	place->file = file;
	places_lend(&places, place, directory);
	place->text = xstrdup("text");
	place->link = xstrdup("link");
	strv_add(&place->names, "name");
	places_done(&places);
	assert_int_equal(fcntl(file, F_GETFD), -1);
	assert_int_equal(fcntl(directory, F_GETFD), -1);
	assert_null(places.index);
	places_done(&places);
}

/* Descriptors that do not follow one another are not closed with what lies between them. */
TEST(what_others_have_open_stays_open)
{
	struct places places = {};
	int fds[6];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
	places_lend(&places, places_get(&places, "/a"), fds[0]);
	places_lend(&places, places_get(&places, "/b"), fds[1]);
	places_lend(&places, places_get(&places, "/c"), fds[3]);
	places_lend(&places, places_get(&places, "/d"), fds[5]);
	places_lend(&places, places_get(&places, "/e"), fds[4]);
	places_done(&places);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		check_int("open", fcntl(fds[i], F_GETFD) >= 0, i == 2);
	close(fds[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_place),
		cmocka_unit_test(what_is_open_is_closed_at_the_end),
		cmocka_unit_test(what_others_have_open_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
