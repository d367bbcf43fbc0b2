/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign_entries.h"

#include <string.h>

#include "base/text.h"
#include "model/policy.h"
#include "parse/foreign.h"

static const char cause[] = "another entry is the default of the boot menu";

/* Is it among the arguments of this boot, of the next one, or of the tool's own? */
static bool is_known(const struct bootloader *bootloader, const struct foreign *foreign, size_t n,
		     const struct foreign_setting *setting)
{
	for (size_t i = 0; i < n; i++)
		if (foreign->items[i].source == FOREIGN_ARGUMENT &&
		    strcmp(foreign->items[i].text, setting->text) == 0)
			return true;
	return strv_contains(&bootloader->ours, setting->text);
}

static void scan_file(struct root *root, const struct bootloader *bootloader, const char *path,
		      struct foreign *foreign)
{
	struct recorder *recorder = root->recorder;
	_cleanup_free_ char *text = NULL;
	size_t from = foreign->n, n = from;

	if (text_same(path, bootloader->next_path))
		return;
	root->recorder = NULL;
	text = root_read_text(root, path, OWN_FILE_MAX);
	root->recorder = recorder;
	if (!text)
		return;
	foreign_parse_entries(&(struct foreign_file){
		.source = FOREIGN_ARGUMENT, .path = path, .text = text, .foreign = foreign});
	foreign_add_idle(foreign, from, cause);
	for (size_t i = from; i < foreign->n; i++)
		if (is_known(bootloader, foreign, n, &foreign->items[i]))
			foreign_setting_done(&foreign->items[i]);
		else
			foreign->items[n++] = foreign->items[i];
	foreign->n = n;
	if (n > from)
		free(root_read_text(root, path, OWN_FILE_MAX));
}

void scan_foreign_entries(struct root *root, const struct bootloader *bootloader,
			  struct foreign *foreign)
{
	static const char *const files[] = {"/etc/grub.d/40_custom", "/etc/grub.d/41_custom",
					    "/boot/grub/custom.cfg", "/boot/grub2/custom.cfg"};

	if (!bootloader->next_path)
		return;
	for (size_t i = 0; i < N_BOOT_PLACES; i++) {
		_cleanup_free_ char *folder = xasprintf("%s/" LOADER_ENTRIES, boot_places[i]);
		_cleanup_(strv_done) struct strv names = {};

		root_list(root, folder, &names);
		vec_foreach(name, &names) {
			_cleanup_free_ char *path = xasprintf("%s/%s", folder, *name);

			if (text_ends_with(*name, ".conf"))
				scan_file(root, bootloader, path, foreign);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		scan_file(root, bootloader, files[i], foreign);
}
