/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/check.h"
#include "support.h"

static struct profile the_profile;
static struct inventory inventory;
static struct plan plan;
static struct findings findings;
static struct device_section section = {.label = (char[]){"nic"}, .driver = (char[]){"vfio-pci"}};

/* A card that e1000e would take, and an image that holds what it must; the rows take away from it. */
static int start(void **state _unused_)
{
	struct pci_function *function = vec_add(&inventory);
	struct image *image = vec_add(&inventory.images);

	function->address = address("01:00.0");
	strv_add(&function->modules, "e1000e");
	*vec_add(&plan) = (struct planned_device){
		.address = address("01:00.0"),
		.state = DEVICE_RIGHT,
		.want = xstrdup("vfio-pci"),
		.module = xstrdup("vfio_pci"),
	};
	the_profile = (struct profile){};
	*vec_add(&the_profile.sections) = section;
	inventory.kernel = xstrdup("6.1.0");
	inventory.images.searched = true;
	image->path = xstrdup("/boot/image");
	image->kernel = xstrdup("6.1.0");
	image->has_tool = true;
	image->start = IMAGE_START_EARLY;
	strv_add(&image->modules, "vfio_iommu_type1");
	strv_add(&image->modules, "vfio_pci");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	inventory = (struct inventory){};
	plan_done(&plan);
	findings_done(&findings);
	free(the_profile.sections.items);
	return 0;
}

static struct image *image(void)
{
	return &inventory.images.items[0];
}

/* Its findings, "error image-order; "; "" for none. */
static void check_found(const char *what, const char *wanted)
{
	struct checks checks = {.profile = &the_profile,
				.inventory = &inventory,
				.plan = &plan,
				.findings = &findings};
	struct buf got = {};

	check_images(&checks);
	vec_foreach(finding, &findings)
		buf_addf(&got, "%s %s; ", severity_names[finding->severity],
			 finding_name(finding->type));
	check_text(what, buf_text(&got), wanted);
	findings_done(&findings);
	buf_done(&got);
}

static void drop_modules(void)
{
	strv_done(&image()->modules);
	image()->modules = (struct strv){};
}

TEST(all_is_there)
{
	check_found("right", "");
	strv_add(&image()->modules, "e1000e");
	check_found("with the native driver, which comes too late", "");
}

TEST(the_tool_is_missing)
{
	image()->has_tool = false;
	image_file(image(), "/etc/vfio-prepare/profile.conf")->state = IMAGE_FILE_MISSING;
	check_found("nothing else would take it", "note image-missing-tool; ");
	strv_add(&image()->modules, "e1000e");
	check_found("its native driver would", "error image-missing-tool; ");
	plan.items[0].state = DEVICE_REFUSED;
	check_found("it stays there anyway", "note image-missing-tool; ");
	plan.items[0].state = DEVICE_BIND;
	free(plan.items[0].module);
	plan.items[0].module = xstrdup("e1000e");
	check_found("that is what is wanted", "note image-missing-tool; ");
	plan.n = 0;
	check_found("the profile selects nothing", "");
	plan.n = 1;
}

TEST(the_profile_is_another)
{
	static const struct {
		enum image_file_state state;
		const char *findings;
	} rows[] = {{IMAGE_FILE_SAME, ""},
		    {IMAGE_FILE_DIFFERENT, "error image-old-profile; "},
		    {IMAGE_FILE_MISSING, "error image-old-profile; "},
		    {IMAGE_FILE_GONE, "error image-old-profile; "},
		    {IMAGE_FILE_UNKNOWN, "warning image-unknown; "}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		image_file(image(), "/etc/vfio-prepare/profile.conf")->state = rows[i].state;
		check_found(rows[i].findings, rows[i].findings);
	}
}

TEST(modules_are_missing)
{
	drop_modules();
	check_found("and no native one", "warning image-missing-module; ");
	strv_add(&image()->modules, "e1000e");
	check_found("and a native one", "error image-missing-module; ");
	strv_add(&inventory.builtin_modules, "vfio_iommu_type1");
	strv_add(&inventory.builtin_modules, "vfio_pci");
	check_found("but they are built in", "");
}

/* What is built into the kernel that runs says nothing of another one. */
TEST(modules_are_missing_in_the_image_of_another_kernel)
{
	static const char *const kernels[] = {"6.12.0", NULL};

	drop_modules();
	strv_add(&image()->modules, "e1000e");
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		free(image()->kernel);
		image()->kernel = xstrdup_null(kernels[i]);
		check_found("perhaps built in", "warning image-missing-module; ");
	}
	strv_add(&inventory.builtin_modules, "vfio_iommu_type1");
	strv_add(&inventory.builtin_modules, "vfio_pci");
	check_found("built into the one that runs", "warning image-missing-module; ");
}

TEST(it_starts_late_or_never)
{
	image()->start = IMAGE_START_LATE;
	check_found("late", "warning image-order; ");
	image()->start = IMAGE_START_NONE;
	check_found("never", "warning image-order; ");
	strv_add(&image()->modules, "e1000e");
	check_found("never, and a native driver does", "error image-order; ");
}

TEST(who_made_it_can_list_it)
{
	struct checks checks = {.profile = &the_profile,
				.inventory = &inventory,
				.plan = &plan,
				.findings = &findings};

	image()->unknown = xstrdup("is not read here");
	image()->generator = GENERATOR_MKINITCPIO;
	free(image()->path);
	image()->path = xstrdup("/boot/initramfs-linux.img");
	check_images(&checks);
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.items[0].remedy,
			    "lsinitcpio /boot/initramfs-linux.img | grep vfio-prepare");
	findings_done(&findings);
}

TEST(what_cannot_be_read)
{
	image()->unknown = xstrdup("is compressed with lz4, which is not read here");
	image()->has_tool = false;
	strv_add(&image()->modules, "e1000e");
	check_found("not read", "warning image-unknown; ");
	image()->damaged = true;
	check_found("damaged", "error image-damaged; ");
}

TEST(of_some_only_the_names_are_known)
{
	image()->unknown = xstrdup("is compressed with bzip2, which is not read here");
	image()->named = true;
	image()->start = IMAGE_START_UNKNOWN;
	image_file(image(), "/etc/vfio-prepare/profile.conf")->state = IMAGE_FILE_UNKNOWN;
	check_found("all that can be known is right", "warning image-unknown; ");
	image_file(image(), "/etc/vfio-prepare/conf.d/x.conf")->state = IMAGE_FILE_MISSING;
	check_found("a file is missing", "warning image-unknown; error image-old-profile; ");
	image()->start = IMAGE_START_NONE;
	drop_modules();
	check_found("more is",
		    "warning image-unknown; error image-old-profile; warning image-missing-module; "
		    "warning image-order; ");
	image()->has_tool = false;
	check_found("the tool is", "note image-missing-tool; ");
}

TEST(no_image)
{
	images_done(&inventory.images);
	check_found("not asked for", "");
	inventory.images.searched = true;
	check_found("none", "note image-unknown; ");
}

TEST(the_remedy_is_of_its_maker)
{
	static const struct {
		enum image_generator generator;
		const char *remedy;
	} rows[] = {
		{GENERATOR_INITRAMFS_TOOLS, "update-initramfs -u -k all"},
		{GENERATOR_DRACUT, "dracut --regenerate-all --force"},
		{GENERATOR_UNKNOWN,
		 "update-initramfs -u -k all, or dracut --regenerate-all --force"},
	};

	image()->start = IMAGE_START_LATE;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		image()->generator = rows[i].generator;
		check_images(&(struct checks){.profile = &the_profile,
					      .inventory = &inventory,
					      .plan = &plan,
					      .findings = &findings});
		check_text(rows[i].remedy, findings.items[0].remedy, rows[i].remedy);
		findings_done(&findings);
	}
}

/* Images that can have the tool in none of their versions: what that means for the devices is told. */
TEST(a_generator_without_a_hook)
{
	image()->has_tool = false;
	image()->generator = GENERATOR_MKINITCPIO;
	check_found("nothing takes it", "note image-missing-tool; ");
	strv_add(&image()->modules, "e1000e");
	strv_sort(&image()->modules);
	check_found("e1000e takes it", "warning image-missing-tool; ");
	image()->generator = GENERATOR_DRACUT;
	check_found("with a hook", "error image-missing-tool; ");
	image()->is_started = true;
	check_found("which the boot loader starts", "error image-missing-tool; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_is_there, start, stop),
		cmocka_unit_test_setup_teardown(the_tool_is_missing, start, stop),
		cmocka_unit_test_setup_teardown(the_profile_is_another, start, stop),
		cmocka_unit_test_setup_teardown(modules_are_missing, start, stop),
		cmocka_unit_test_setup_teardown(modules_are_missing_in_the_image_of_another_kernel,
						start, stop),
		cmocka_unit_test_setup_teardown(it_starts_late_or_never, start, stop),
		cmocka_unit_test_setup_teardown(who_made_it_can_list_it, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_read, start, stop),
		cmocka_unit_test_setup_teardown(of_some_only_the_names_are_known, start, stop),
		cmocka_unit_test_setup_teardown(no_image, start, stop),
		cmocka_unit_test_setup_teardown(the_remedy_is_of_its_maker, start, stop),
		cmocka_unit_test_setup_teardown(a_generator_without_a_hook, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
