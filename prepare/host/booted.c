/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/booted.h"

#include <string.h>

#include "base/text.h"
#include "host/kernel.h"
#include "model/kernel_args.h"

#define EFI_VARIABLES "/sys/firmware/efi/efivars/"
#define LOADER_GUID "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define VARIABLE_MAX (64 * 1024)
/* In front of the value stand its attributes (Documentation/filesystems/efivarfs.rst). */
#define ATTRIBUTE_BYTES 4

/* The text of a variable in UTF-16, of which the names that matter here use ASCII alone; NULL: none. */
static char *read_variable(struct root *root, const char *name)
{
	_cleanup_free_ char *path = xasprintf(EFI_VARIABLES "%s" LOADER_GUID, name), *bytes = NULL;
	size_t length = 0, n = 0;
	char *text;

	if (root_read_file(root, path, VARIABLE_MAX, &bytes, &length) < 0 ||
	    length <= ATTRIBUTE_BYTES)
		return NULL;
	text = xcalloc(length, 1);
	for (size_t i = ATTRIBUTE_BYTES; i + 1 < length && (bytes[i] || bytes[i + 1]); i += 2)
		text[n++] = bytes[i + 1] || bytes[i] < ' ' ? '?' : bytes[i];
	return text;
}

/* "\\EFI\\Linux\\arch.efi" is /EFI/Linux/arch.efi. The text is taken. */
static char *with_slashes(char *text)
{
	char *path;

	if (!text)
		return NULL;
	for (char *c = text; *c; c++)
		if (*c == '\\')
			*c = '/';
	path = xasprintf("%s%s", *text == '/' ? "" : "/", text);
	free(text);
	return path;
}

/* Has the host files of GRUB? Others leave BOOT_IMAGE= in the command line, too (syslinux, PXELINUX). */
static bool has_grub(struct root *root)
{
	const char *const *places = bootloaders[BOOTLOADER_GRUB].next;

	for (size_t i = 0; places[i]; i++)
		if (root_exists(root, places[i]))
			return true;
	return root_exists(root, GRUB_DEFAULT_PATH);
}

void boot_traces_read(struct root *root, struct boot_traces *ret)
{
	_cleanup_free_ char *loader = read_variable(root, "LoaderInfo");
	_cleanup_free_ char *stub = read_variable(root, "StubInfo");
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	const struct kernel_arg *initrd;
	bool systemd, is_efi; /* is_efi: a loader has given the initramfs as a path of EFI */

	*ret = (struct boot_traces){
		.selected = read_variable(root, "LoaderEntrySelected"),
		.preferred = read_variable(root, "LoaderEntryDefault"),
	};
	kernel_read_arguments(root, &args);
	initrd = kernel_args_last(&args, "initrd");
	is_efi = initrd && initrd->value && strchr(initrd->value, '\\');
	if (initrd && initrd->value)
		ret->initrd = with_slashes(xstrdup(initrd->value));
	if (stub) {
		ret->image = with_slashes(read_variable(root, "StubImageIdentifier"));
		if (!ret->image)
			ret->image = with_slashes(read_variable(root, "LoaderImageIdentifier"));
	}
	systemd = loader && text_starts_with(loader, "systemd-boot");
	/* A boot manager may have started GRUB. */
	if (!systemd && ((loader && text_starts_with(loader, "GRUB")) ||
			 (kernel_args_last(&args, "BOOT_IMAGE") && has_grub(root))))
		ret->by = BOOTED_GRUB;
	else if (!systemd && (loader || (!stub && is_efi && root_exists(root, REFIND_PATH))))
		ret->by = BOOTED_OTHER;
	else if (systemd || stub || is_efi)
		ret->by = BOOTED_ENTRIES;
}

void boot_traces_done(struct boot_traces *traces)
{
	free(traces->selected);
	free(traces->preferred);
	free(traces->image);
	free(traces->initrd);
	*traces = (struct boot_traces){};
}
