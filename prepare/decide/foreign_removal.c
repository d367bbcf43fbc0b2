/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/text.h"
#include "decide/foreign.h"
#include "model/host_places.h"

/* Which generators make the images that have a copy of a source; GENERATOR_UNKNOWN: each one. */
static const struct {
	bool has_copy;
	enum image_generator generator;
} images[] = {
	[FOREIGN_MODPROBE] = {true, GENERATOR_UNKNOWN},
	[FOREIGN_INITRAMFS_SCRIPT] = {true, GENERATOR_INITRAMFS_TOOLS},
	[FOREIGN_UDEV_RULE] = {true, GENERATOR_UNKNOWN},
	[FOREIGN_INITRAMFS_MODULES] = {true, GENERATOR_INITRAMFS_TOOLS},
	[FOREIGN_DRACUT] = {true, GENERATOR_DRACUT},
	[FOREIGN_MKINITCPIO] = {true, GENERATOR_MKINITCPIO},
	[FOREIGN_GUEST] = {false, GENERATOR_UNKNOWN}, /* the last one */
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What takes the place of a file below /usr; NULL: there is no such thing. The caller's. */
static char * override(const char *file)
{
	const char *name = name_of(file), *part;
	static const char *const folders[] = {"/usr/lib/dracut/", "/usr/lib/", "/lib/"};

	part = strstr(file, "/dracut/modules.d/");
	if (part) {
		part += strlen("/dracut/modules.d/");
		part += strspn(part, "0123456789");
		return xasprintf(
			"write omit_dracutmodules+=\" %.*s \" to a file in " DRACUT_CONF_DIR,
			(int)strcspn(part, "/"), part);
	}
	if (strstr(file, "/initcpio/hooks/"))
		return xasprintf("take %s out of HOOKS in /etc/mkinitcpio.conf", name);
	part = strstr(file, "/initramfs-tools/scripts/");
	if (part)
		return xasprintf("a script /etc%s that does nothing takes its place", part);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (text_starts_with(file, folders[i]) && strstr(file, ".d/"))
			return xasprintf("copy %s to /etc/%.*s and remove the line from the copy, "
					 "which takes its place",
					 file, (int)(name - 1 - file - strlen(folders[i])),
					 file + strlen(folders[i]));
	return NULL;
}

static char *argument_removal(const struct foreign_setting *setting)
{
	const char *managed = foreign_owners[setting->owner].argument;

	if (managed)
		return xasprintf(
			"remove %s from %s, or it comes back; if it is not there, from the "
			"kernel's arguments",
			setting->text, managed);
	return xasprintf("remove %s from the kernel's arguments%s%s", setting->text,
			 setting->file && setting->line ? " in " : "",
			 setting->file && setting->line ? setting->file : "");
}

/* Of a file below /usr. */
static char *edit_of_package(const struct foreign_setting *setting, const char *place)
{
	_cleanup_free_ char *instead = override(setting->file);
	const char *name = name_of(setting->file);
	/* A file in /etc takes its place there, whoever has put it there. */
	bool drop_in = strncmp(name - 3, ".d/", 3) == 0;

	if (!instead)
		return xasprintf("remove the line that runs %s", setting->file);
	if (setting->package || drop_in)
		return TAKE_PTR(instead);
	return xasprintf("if a package has brought the file, %s; else remove %s", instead, place);
}

/* A line that may have more to say than what was taken from it. */
static bool is_list_of_modules(const struct foreign_setting *setting)
{
	return setting->values.n &&
	       (setting->source == FOREIGN_DRACUT || setting->source == FOREIGN_MKINITCPIO) &&
	       (setting->effect == FOREIGN_LOAD || setting->effect == FOREIGN_BLACKLIST ||
		setting->effect == FOREIGN_COPY || setting->effect == FOREIGN_MISSING);
}

static char *edit(const struct foreign_setting *setting, const char *place)
{
	if (setting->source == FOREIGN_MODPROBE && setting->effect == FOREIGN_ADDRESSES)
		return xasprintf("remove the install line that runs %s", setting->file);
	if (setting->owner == FOREIGN_OF_PACKAGE && path_is_of_distribution(setting->file))
		return edit_of_package(setting, place);
	if (is_list_of_modules(setting) && !text_starts_with(place, "lines ")) {
		_cleanup_free_ char *values = strv_join(&setting->values, ", ");

		return xasprintf("take %s out of %s", values, place);
	}
	if (setting->package)
		return xasprintf(
			"put a # in front of %s: dpkg keeps a change of this configuration "
			"file of package %s",
			place, setting->package);
	return xasprintf("remove %s", place);
}

char *foreign_removal(const struct foreign_setting *setting, const char *place)
{
	const struct foreign_owner_row *owner = &foreign_owners[setting->owner];
	_cleanup_free_ char *change = NULL;

	if (setting->source == FOREIGN_ARGUMENT)
		return argument_removal(setting);
	if (owner->told)
		return xasprintf("%s belongs to %s: %s", setting->file, owner->name, owner->told);
	if (setting->source == FOREIGN_DRIVERCTL)
		return xasprintf("rm %s (driverctl unset-override would unbind the device now)",
				 place);
	if (setting->source == FOREIGN_UNIT && setting->idle)
		return xasprintf("remove %s", setting->file);
	/* A drop-in; the unit goes on without it. */
	if (setting->source == FOREIGN_UNIT && text_ends_with(setting->file, ".conf"))
		return xasprintf("remove %s", place);
	if (setting->source == FOREIGN_UNIT)
		return strstr(place, "/systemd/")
			       ? xasprintf("systemctl disable %s", name_of(setting->file))
			       : xasprintf("disable the unit that runs %s", setting->file);
	change = edit(setting, place);
	return images[setting->source].has_copy
		       ? xasprintf("%s, then rebuild the initramfs (%s)", change,
				   generators[images[setting->source].generator].command)
		       : TAKE_PTR(change);
}
