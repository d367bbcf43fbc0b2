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
	place->directory = directory;
	place->text = xstrdup("text");
	place->link = xstrdup("link");
	strv_add(&place->names, "name");
	places_done(&places);
	assert_int_equal(fcntl(file, F_GETFD), -1);
	assert_int_equal(fcntl(directory, F_GETFD), -1);
	assert_null(places.index);
	places_done(&places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_place),
		cmocka_unit_test(what_is_open_is_closed_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
