/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the next boot finds in its initramfs. What the devices have now is read from the kernel; an image
 * only says what becomes of them. So it is an error where that would be wrong: another profile in it,
 * or a native driver that is at a device before the tool. Where the service of the real root comes in
 * time, it is a note or a warning, and so it is where the image is of a kind that is not read here.
 */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "decide/check.h"
#include "decide/planner.h"

struct image_check {
	struct checks *checks;
	const struct image *image;
	char *takes; /* which module of the image would be at which device first; NULL: none */
};

/* Adds a finding about the image, which is to be made anew. */
static void _printf_(4, 5) find(const struct image_check *check, enum severity severity,
				enum finding_type type, const char *format, ...)
{
	_cleanup_free_ char *detail = NULL;
	va_list arguments;

	va_start(arguments, format);
	detail = xvasprintf(format, arguments);
	va_end(arguments);
	finding_remedy(finding_add(check->checks->findings, severity, type, check->image->path,
				   "%s", detail),
		       "%s", generators[check->image->generator].command);
}

/* A listed device and a module of the image that is not its own but would drive it. */
static char *find_taking(const struct checks *checks, const struct image *image)
{
	vec_foreach(device, checks->plan) {
		const struct pci_function *function = inventory_find(checks->inventory,
								     &device->address);

		if (!function || (device->state != DEVICE_BIND && device->state != DEVICE_RIGHT))
			continue;
		for (size_t i = 0; i < function->modules.n; i++) {
			const char *module = function->modules.items[i];

			if (strcmp(module, device->module) != 0 &&
			    strv_contains(&image->modules, module))
				return xasprintf("%s, which could take %s first", module,
						 PCI_ADDRESS_TEXT(&device->address));
		}
	}
	return NULL;
}

/* An image that can have the tool in none of its versions. */
static void check_unhooked(const struct image_check *check)
{
	const struct generator_place *generator = &generators[check->image->generator];
	struct finding *finding;

	if (!check->takes) {
		finding_add(check->checks->findings, SEVERITY_NOTE, FINDING_IMAGE_MISSING_TOOL,
			    check->image->path,
			    "the image is made by %s, for which vfio-prepare has no hook; it "
			    "contains no native driver of a listed device, and "
			    "vfio-prepare.service binds the devices after the root is mounted",
			    generator->name);
		return;
	}
	finding = finding_add(check->checks->findings, SEVERITY_WARNING, FINDING_IMAGE_MISSING_TOOL,
			      check->image->path,
			      "the image is made by %s, for which vfio-prepare has no hook, and "
			      "contains %s; vfio-prepare.service has to take it back after the "
			      "root is mounted",
			      generator->name, check->takes);
	finding_remedy(finding, "%s", generator->unhooked);
}

static void check_tool(const struct image_check *check)
{
	if (!check->checks->plan->n)
		return;
	if (generators[check->image->generator].unhooked)
		check_unhooked(check);
	else if (check->takes)
		find(check, SEVERITY_ERROR, FINDING_IMAGE_MISSING_TOOL,
		     "the image%s lacks vfio-prepare, but contains %s",
		     check->image->is_started ? " that the boot loader starts" : "", check->takes);
	else
		find(check, SEVERITY_NOTE, FINDING_IMAGE_MISSING_TOOL,
		     "the image contains neither vfio-prepare nor a native driver of a listed "
		     "device; vfio-prepare.service binds the devices after the root is mounted");
}

static void check_profile(const struct image_check *check)
{
	static const char *const states[] = {
		[IMAGE_FILE_DIFFERENT] = "differs",
		[IMAGE_FILE_MISSING] = "is missing in the image",
		[IMAGE_FILE_GONE] = "is in the image, but not on the host",
		[IMAGE_FILE_UNKNOWN] = "cannot be compared",
	};
	const struct image *image = check->image;
	_cleanup_(buf_done) struct buf wrong = {}, unknown = {};

	vec_foreach(file, &image->profile) {
		struct buf *buf = file->state == IMAGE_FILE_UNKNOWN ? &unknown : &wrong;

		if (file->state != IMAGE_FILE_SAME)
			buf_addf(buf, "%s%s %s", buf->length ? ", " : "", file->path,
				 states[file->state]);
	}
	if (wrong.length)
		find(check, SEVERITY_ERROR, FINDING_IMAGE_OLD_PROFILE,
		     "the image contains another profile than the host, and the next boot acts "
		     "on it: %s",
		     buf_text(&wrong));
	if (unknown.length && !image->named)
		find(check, SEVERITY_WARNING, FINDING_IMAGE_UNKNOWN,
		     "whether the image contains the host's profile is not known: %s",
		     buf_text(&unknown));
}

/* Of another kernel it is not known what is built into it. */
static bool is_of_running_kernel(const struct image_check *check)
{
	return check->image->kernel &&
	       text_same(check->checks->inventory->kernel, check->image->kernel);
}

static void check_image_modules(const struct image_check *check)
{
	const struct checks *checks = check->checks;
	bool own = is_of_running_kernel(check);
	_cleanup_(strv_done) struct strv needed = {};
	_cleanup_(buf_done) struct buf missing = {};

	plan_modules(checks->plan, checks->profile, checks->inventory, &needed);
	for (size_t i = 0; i < needed.n; i++)
		if (!strv_contains(&check->image->modules, needed.items[i]) &&
		    !(own && strv_contains(&checks->inventory->builtin_modules, needed.items[i])))
			buf_addf(&missing, "%s%s", missing.length ? ", " : "", needed.items[i]);
	if (missing.length)
		find(check, check->takes && own ? SEVERITY_ERROR : SEVERITY_WARNING,
		     FINDING_IMAGE_MISSING_MODULE,
		     "the image lacks modules that the profile needs%s: %s%s%s",
		     own ? "" : " (unless they are built into its kernel)", buf_text(&missing),
		     check->takes ? "; it contains " : "", check->takes ? check->takes : "");
}

static void check_start(const struct image_check *check)
{
	static const char *const starts[] = {
		[IMAGE_START_NONE] =
			"the image contains vfio-prepare, but nothing in it starts vfio-prepare",
		[IMAGE_START_LATE] =
			"the image starts vfio-prepare after udev, which loads the native drivers",
	};

	if (check->image->start != IMAGE_START_EARLY && check->image->start != IMAGE_START_UNKNOWN)
		find(check, check->takes ? SEVERITY_ERROR : SEVERITY_WARNING, FINDING_IMAGE_ORDER,
		     "%s%s%s", starts[check->image->start], check->takes ? "; it contains " : "",
		     check->takes ? check->takes : "");
}

/* Who made the image can list it. */
static void remedy_unread(struct finding *finding, const struct image *image)
{
	const char *lister = generators[image->generator].lister;

	if (lister)
		finding_remedy(finding, "%s %s | grep vfio-prepare", lister, image->path);
	else
		finding_remedy(finding,
			       "lsinitramfs %s | grep vfio-prepare, or with dracut: lsinitrd %s | "
			       "grep vfio-prepare",
			       image->path, image->path);
}

/* Is enough known of it for a closer look? */
static bool check_known(const struct image_check *check)
{
	struct findings *findings = check->checks->findings;
	const struct image *image = check->image;

	if (image->damaged)
		find(check, SEVERITY_ERROR, FINDING_IMAGE_DAMAGED,
		     "the next boot may fail, as the image %s", image->unknown);
	else if (image->unknown && !image->named)
		remedy_unread(finding_add(findings, SEVERITY_WARNING, FINDING_IMAGE_UNKNOWN,
					  image->path,
					  "what the image contains is not known, as it %s",
					  image->unknown),
			      image);
	else if (image->unknown && image->has_tool)
		finding_remedy(
			finding_add(findings, SEVERITY_WARNING, FINDING_IMAGE_UNKNOWN, image->path,
				    "the image contains vfio-prepare, but whether it contains the "
				    "host's profile is not known, as the image %s",
				    image->unknown),
			"set COMPRESS=zstd in /etc/initramfs-tools/initramfs.conf or "
			"compress=\"zstd\" in /etc/dracut.conf, and make the image again");
	return !image->unknown || image->named;
}

static void check_image(struct checks *checks, const struct image *image)
{
	struct image_check check = {checks, image, NULL};

	if (!check_known(&check))
		return;
	check.takes = find_taking(checks, image);
	if (image->has_tool) {
		check_profile(&check);
		check_image_modules(&check);
		check_start(&check);
	} else {
		check_tool(&check);
	}
	free(check.takes);
}

void check_images(struct checks *checks)
{
	const struct images *images = &checks->inventory->images;

	if (images->searched && !images->n)
		finding_add(checks->findings, SEVERITY_NOTE, FINDING_IMAGE_UNKNOWN, "host",
			    "no image of the initramfs exists for kernel %s",
			    checks->inventory->kernel);
	vec_foreach(image, images)
		check_image(checks, image);
}
