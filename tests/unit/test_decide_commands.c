/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/commands.h"

#include "support.h"

#define KERNEL_INSTALL                               \
	"kernel-install add 6.1 /boot/vmlinuz-6.1\n" \
	"kernel-install add 6.2 /boot/vmlinuz-6.2\n"

static const struct row {
	const char *what;
	enum bootloader_kind kind;
	const char *next, *ours, *kept;
	enum image_tool tool;
	const char *images;
	const char *entries;
	bool stale, stale_entry, image_changes, loader_changes, cfg_stale, no_update_grub, proxmox;
	const char *commands;
} rows[] = {
	{"nothing to do", BOOTLOADER_GRUB, "ro iommu=pt", "iommu=pt", "", IMAGE_TOOL_DRACUT, "a",
	 .commands = ""},
	{"the image is old", BOOTLOADER_NONE, "", "", "", IMAGE_TOOL_UPDATE_INITRAMFS, "a b",
	 .stale = true, .commands = "update-initramfs -u -k all\n"},
	{"the image will be old", BOOTLOADER_NONE, "", "", "", IMAGE_TOOL_DRACUT, "a",
	 .image_changes = true, .commands = "dracut --regenerate-all --force\n"},
	{"there is no image", BOOTLOADER_NONE, "", "", "", IMAGE_TOOL_DRACUT, "",
	 .image_changes = true, .commands = ""},
	{"nothing makes images", BOOTLOADER_NONE, "", "", "", IMAGE_TOOL_NONE, "a",
	 .image_changes = true, .commands = ""},
	{"no boot loader", BOOTLOADER_NONE, "", "iommu=pt", "", IMAGE_TOOL_NONE, "",
	 .loader_changes = true, .commands = ""},
	{"grub: the next boot lacks one", BOOTLOADER_GRUB, "ro", "iommu=pt", "", IMAGE_TOOL_NONE,
	 "", .commands = "update-grub\n"},
	{"grub: the file changes", BOOTLOADER_GRUB, "ro", "", "", IMAGE_TOOL_NONE, "",
	 .loader_changes = true, .commands = "update-grub\n"},
	{"grub: killed before it was run", BOOTLOADER_GRUB, "ro", "", "", IMAGE_TOOL_NONE, "",
	 .cfg_stale = true, .commands = "update-grub\n"},
	{"grub: by its own name", BOOTLOADER_GRUB, "ro", "a", "", IMAGE_TOOL_NONE, "",
	 .no_update_grub = true, .commands = "grub-mkconfig -o /boot/grub/grub.cfg\n"},
	{"images first", BOOTLOADER_GRUB, "ro", "a", "", IMAGE_TOOL_DRACUT, "a", .stale = true,
	 .commands = "dracut --regenerate-all --force\nupdate-grub\n"},
	{"grubby", BOOTLOADER_GRUBBY, "ro a d", "a b c", "d", IMAGE_TOOL_NONE, "",
	 .commands = "grubby --update-kernel=ALL \"--args=b c\" --remove-args=d\n"},
	{"grubby: only to add", BOOTLOADER_GRUBBY, "ro", "b", "", IMAGE_TOOL_NONE, "",
	 .commands = "grubby --update-kernel=ALL --args=b\n"},
	{"grubby: nothing", BOOTLOADER_GRUBBY, "ro a", "a", "", IMAGE_TOOL_NONE, "",
	 .loader_changes = true, .cfg_stale = true, .commands = ""},
	{"kernel-install", BOOTLOADER_KERNEL_INSTALL, "ro", "a", "", IMAGE_TOOL_NONE, "",
	 .commands = KERNEL_INSTALL},
	{"kernel-install: nothing", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "", IMAGE_TOOL_NONE, "",
	 .commands = ""},
	{"Proxmox", BOOTLOADER_KERNEL_INSTALL, "ro", "a", "", IMAGE_TOOL_NONE, "", .proxmox = true,
	 .commands = "proxmox-boot-tool refresh\n"},
	{"kernel-install: the image of an entry is old", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 IMAGE_TOOL_NONE, "", "e", .stale_entry = true, .commands = KERNEL_INSTALL},
	{"kernel-install: the image will be old", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 IMAGE_TOOL_DRACUT, "", "e", .image_changes = true, .commands = KERNEL_INSTALL},
	{"kernel-install: wherever it has it", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 IMAGE_TOOL_DRACUT, "", .image_changes = true, .commands = KERNEL_INSTALL},
	{"kernel-install: it copies what the tool makes", BOOTLOADER_KERNEL_INSTALL, "ro a", "a",
	 "", IMAGE_TOOL_UPDATE_INITRAMFS, "a", "e", .stale = true,
	 .commands = "update-initramfs -u -k all\n" KERNEL_INSTALL},
	{"kernel-install: the copy alone is old", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 IMAGE_TOOL_UPDATE_INITRAMFS, "a", "e", .stale_entry = true, .commands = KERNEL_INSTALL},
	{"kernel-install: an image that nothing makes", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 IMAGE_TOOL_NONE, "a", "e", .stale = true, .commands = ""},
	{"grub: entries of another day", BOOTLOADER_GRUB, "ro a", "a", "",
	 IMAGE_TOOL_UPDATE_INITRAMFS, "a", "e", .stale_entry = true, .commands = ""},
	{"grubby: dracut writes entries, too", BOOTLOADER_GRUBBY, "ro a", "a", "",
	 IMAGE_TOOL_DRACUT, "", "e", .stale_entry = true,
	 .commands = "dracut --regenerate-all --force\n"},
	{"Proxmox: the image changes", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 IMAGE_TOOL_UPDATE_INITRAMFS, "a", .image_changes = true, .proxmox = true,
	 .commands = "update-initramfs -u -k all\nproxmox-boot-tool refresh\n"},
	{"ostree", BOOTLOADER_OSTREE, "ro a c", "a b", "c", IMAGE_TOOL_NONE, "",
	 .commands =
		 "rpm-ostree kargs --append-if-missing=b --delete-if-present=c --unchanged-exit-77\n"},
	{"ostree: nothing", BOOTLOADER_OSTREE, "ro a", "a", "", IMAGE_TOOL_NONE, "",
	 .commands = ""},
};

TEST(commands)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct bootloader bootloader = {.kind = row->kind};
		struct argument_plan arguments = {};
		struct rebuild rebuild = {.tool = row->tool,
					  .grub_cfg_stale = row->cfg_stale,
					  .has_update_grub = !row->no_update_grub,
					  .has_proxmox = row->proxmox};
		struct command_list list;
		_cleanup_free_ char *all = xstrdup("");

		kernel_args_parse(row->next, &bootloader.next);
		strv_split(&arguments.ours, row->ours, " ");
		strv_split(&arguments.kept, row->kept, " ");
		strv_split(&rebuild.images.paths, row->images, " ");
		strv_split(&rebuild.entries.paths, row->entries ? row->entries : "", " ");
		strv_split(&rebuild.kernels, "6.1 6.2", " ");
		strv_split(&rebuild.kernel_paths, "/boot/vmlinuz-6.1 /boot/vmlinuz-6.2", " ");
		if (row->stale) {
			rebuild.images.stale = xstrdup("a");
			rebuild.images.newer_input = xstrdup("b");
		}
		if (row->stale_entry) {
			rebuild.entries.stale = xstrdup("e");
			rebuild.entries.newer_input = xstrdup("b");
		}
		commands_decide(&bootloader, &arguments, &rebuild, row->image_changes,
				row->loader_changes, &list);
		vec_foreach(command, &list) {
			_cleanup_free_ char *text = command_text(command);
			char *longer = xasprintf("%s%s\n", all, text);

			free(all);
			all = longer;
			check(row->what, *command->reason != '\0');
			check_int(row->what, command->unchanged_status,
				  row->kind == BOOTLOADER_OSTREE ? 77 : 0);
		}
		check_text(row->what, all, row->commands);
		command_list_done(&list);
		rebuild_done(&rebuild);
		argument_plan_done(&arguments);
		bootloader_done(&bootloader);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(commands)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
