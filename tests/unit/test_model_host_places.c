/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host_places.h"

#include "support.h"

TEST(names_of_boot_loaders)
{
	enum bootloader_kind kind;

	for (size_t i = 0; i < N_BOOTLOADERS; i++) {
		check("it has a name", bootloader_from_name(bootloaders[i].name, &kind));
		check_int(bootloaders[i].name, kind, i);
		check(bootloaders[i].name, strstr(BOOTLOADER_NAMES, bootloaders[i].name));
	}
	assert_true(bootloader_from_name("auto", &kind));
	assert_int_equal(kind, BOOTLOADER_AUTO);
	kind = BOOTLOADER_GRUB;
	assert_false(bootloader_from_name("lilo", &kind));
	assert_false(bootloader_from_name("", &kind));
	assert_int_equal(kind, BOOTLOADER_GRUB);
}

/* What decide/commands.c and host/rebuild.c take for granted of each row. */
TEST(rows_of_boot_loaders)
{
	for (size_t i = 0; i < N_BOOTLOADERS; i++) {
		const struct bootloader_place *place = &bootloaders[i];

		check_int(place->name, place->takeover == TAKEOVER_NONE,
			  place->commands[0].words == NULL);
		check(place->name, !place->commands[0].program && !place->commands[0].file);
		check_int(place->name, place->commands[1].program != NULL,
			  place->commands[1].words != NULL);
		check_int(place->name, place->takeover == TAKEOVER_OPTIONS,
			  place->add && place->remove);
		check(place->name, !place->drop_ins || place->next[0]);
		check_int(place->name, place->store == STORE_NONE, i == BOOTLOADER_NONE);
		check(place->name,
		      place->store != STORE_COMMAND || place->takeover == TAKEOVER_OPTIONS);
		check(place->name, !place->next[BOOTLOADER_FILES_MAX - 1] &&
					   !place->written[BOOTLOADER_FILES_MAX - 1]);
	}
	for (size_t i = 0; i < n_bootloader_signs; i++) {
		const struct bootloader_sign *sign = &bootloader_signs[i];

		check("a sign shows something",
		      sign->files[0] || sign->program || sign->entries != ENTRIES_ANY);
		check("a sign's boots", sign->booted < BOOTED(N_BOOTED));
	}
	for (size_t i = 0; i < n_manual_places; i++) {
		check(manual_places[i].file, *manual_places[i].before && *manual_places[i].after);
		check(manual_places[i].file,
		      manual_places[i].booted && manual_places[i].booted < BOOTED(N_BOOTED));
	}
}

TEST(rows_of_generators)
{
	for (size_t i = 0; i < N_GENERATORS; i++) {
		check("generator", generators[i].name && generators[i].command);
		check_int(generators[i].name, generators[i].program || generators[i].sign,
			  i != GENERATOR_UNKNOWN);
		/* Where nothing is known of the generator, those with a hook are named. */
		check(generators[i].name,
		      generators[i].unhooked || generators[i].with_system ||
			      strstr(generators[GENERATOR_UNKNOWN].command, generators[i].command));
	}
}

TEST(own_files)
{
	for (size_t i = 0; i < N_MANAGED_FILES; i++)
		check_int(managed_files[i], managed_file_of(managed_files[i]), i);
	assert_int_equal(managed_file_of("/etc/x"), N_MANAGED_FILES);
	/* Nothing of one boot alone goes into an image. */
	for (size_t i = 0; i < N_IMAGE_SOURCES; i++)
		check(image_sources[i].path, strncmp(image_sources[i].path, "/run/", 5) != 0);
}

TEST(names_of_profile_files)
{
	assert_true(is_profile_name("10-a.conf"));
	assert_false(is_profile_name(".conf"));
	assert_false(is_profile_name(".a.conf"));
	assert_false(is_profile_name("a.conf.bak"));
	assert_false(is_profile_name("b/a.conf"));
	assert_false(is_profile_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_boot_loaders),  cmocka_unit_test(rows_of_boot_loaders),
		cmocka_unit_test(rows_of_generators),     cmocka_unit_test(own_files),
		cmocka_unit_test(names_of_profile_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
