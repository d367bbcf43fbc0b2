/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>

#include "render/export.h"
#include "support.h"

/* Each text is in the list, in both forms. */
TEST(the_list)
{
	_cleanup_free_ char *table = render_export_list(FORMAT_TEXT),
			    *json = render_export_list(FORMAT_JSON);
	json_t *report = json_loads(json, 0, NULL), *texts = json_object_get(report, "texts");

	assert_int_equal(json_array_size(texts), N_EXPORT_TEXTS);
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		json_t *text = json_array_get(texts, i);

		assert_string_equal(json_string_value(json_object_get(text, "target")),
				    export_infos[i].target);
		assert_string_equal(json_string_value(json_object_get(text, "place")),
				    export_infos[i].place);
		assert_non_null(strstr(table, export_infos[i].place));
	}
	json_decref(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
