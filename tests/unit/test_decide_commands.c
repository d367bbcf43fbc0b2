/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/commands.h"

#include "base/buf.h"
#include "parse/kernel_args.h"
#include "support.h"

#define KERNEL_INSTALL                               \
	"kernel-install add 6.1 /boot/vmlinuz-6.1\n" \
	"kernel-install add 6.2 /boot/vmlinuz-6.2\n"

static const struct row {
	const char *what;
	enum bootloader_kind kind;
	const char *next, *ours, *kept;
	enum image_generator generator;
	const char *images;
	const char *entries;
	bool stale, stale_entry, image_changes, loader_changes, cfg_stale, no_update_grub, proxmox;
	const char *commands;
} rows[] = {
	{"nothing to do", BOOTLOADER_GRUB, "ro iommu=pt", "iommu=pt", "", GENERATOR_DRACUT, "a",
	 .commands = ""},
	{"the image is old", BOOTLOADER_NONE, "", "", "", GENERATOR_INITRAMFS_TOOLS, "a b",
	 .stale = true, .commands = "update-initramfs -u -k all\n"},
	{"the image will be old", BOOTLOADER_NONE, "", "", "", GENERATOR_DRACUT, "a",
	 .image_changes = true, .commands = "dracut --regenerate-all --force\n"},
	{"there is no image", BOOTLOADER_NONE, "", "", "", GENERATOR_DRACUT, "",
	 .image_changes = true, .commands = ""},
	{"nothing makes images", BOOTLOADER_NONE, "", "", "", GENERATOR_UNKNOWN, "a",
	 .image_changes = true, .commands = ""},
	{"no boot loader", BOOTLOADER_NONE, "", "iommu=pt", "", GENERATOR_UNKNOWN, "",
	 .loader_changes = true, .commands = ""},
	{"grub: the next boot lacks one", BOOTLOADER_GRUB, "ro", "iommu=pt", "", GENERATOR_UNKNOWN,
	 "", .commands = "update-grub\n"},
	{"grub: the file changes", BOOTLOADER_GRUB, "ro", "", "", GENERATOR_UNKNOWN, "",
	 .loader_changes = true, .commands = "update-grub\n"},
	{"grub: killed before it was run", BOOTLOADER_GRUB, "ro", "", "", GENERATOR_UNKNOWN, "",
	 .cfg_stale = true, .commands = "update-grub\n"},
	{"grub: by its own name", BOOTLOADER_GRUB, "ro", "a", "", GENERATOR_UNKNOWN, "",
	 .no_update_grub = true, .commands = "grub-mkconfig -o /boot/grub/grub.cfg\n"},
	{"images first", BOOTLOADER_GRUB, "ro", "a", "", GENERATOR_DRACUT, "a", .stale = true,
	 .commands = "dracut --regenerate-all --force\nupdate-grub\n"},
	{"grubby", BOOTLOADER_GRUBBY, "ro a d", "a b c", "d", GENERATOR_UNKNOWN, "",
	 .commands = "grubby --update-kernel=ALL \"--args=b c\" --remove-args=d\n"},
	{"grubby: only to add", BOOTLOADER_GRUBBY, "ro", "b", "", GENERATOR_UNKNOWN, "",
	 .commands = "grubby --update-kernel=ALL --args=b\n"},
	{"grubby: nothing", BOOTLOADER_GRUBBY, "ro a", "a", "", GENERATOR_UNKNOWN, "",
	 .loader_changes = true, .cfg_stale = true, .commands = ""},
	{"kernel-install", BOOTLOADER_KERNEL_INSTALL, "ro", "a", "", GENERATOR_UNKNOWN, "",
	 .commands = KERNEL_INSTALL},
	{"kernel-install: nothing", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "", GENERATOR_UNKNOWN,
	 "", .commands = ""},
	{"Proxmox", BOOTLOADER_KERNEL_INSTALL, "ro", "a", "", GENERATOR_UNKNOWN, "",
	 .proxmox = true, .commands = "proxmox-boot-tool refresh\n"},
	{"kernel-install: the image of an entry is old", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 GENERATOR_UNKNOWN, "", "e", .stale_entry = true, .commands = KERNEL_INSTALL},
	{"kernel-install: the image will be old", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 GENERATOR_DRACUT, "", "e", .image_changes = true, .commands = KERNEL_INSTALL},
	{"kernel-install: wherever it has it", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 GENERATOR_DRACUT, "", .image_changes = true, .commands = KERNEL_INSTALL},
	{"kernel-install: it copies what the tool makes", BOOTLOADER_KERNEL_INSTALL, "ro a", "a",
	 "", GENERATOR_INITRAMFS_TOOLS, "a", "e", .stale = true,
	 .commands = "update-initramfs -u -k all\n" KERNEL_INSTALL},
	{"kernel-install: the copy alone is old", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 GENERATOR_INITRAMFS_TOOLS, "a", "e", .stale_entry = true, .commands = KERNEL_INSTALL},
	{"kernel-install: an image that nothing makes", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 GENERATOR_UNKNOWN, "a", "e", .stale = true, .commands = ""},
	{"grub: entries of another day", BOOTLOADER_GRUB, "ro a", "a", "",
	 GENERATOR_INITRAMFS_TOOLS, "a", "e", .stale_entry = true, .commands = ""},
	{"grubby: dracut writes entries, too", BOOTLOADER_GRUBBY, "ro a", "a", "", GENERATOR_DRACUT,
	 "", "e", .stale_entry = true, .commands = "dracut --regenerate-all --force\n"},
	{"Proxmox: the image changes", BOOTLOADER_KERNEL_INSTALL, "ro a", "a", "",
	 GENERATOR_INITRAMFS_TOOLS, "a", .image_changes = true, .proxmox = true,
	 .commands = "update-initramfs -u -k all\nproxmox-boot-tool refresh\n"},
	{"ostree", BOOTLOADER_OSTREE, "ro a c", "a b", "c", GENERATOR_UNKNOWN, "",
	 .commands =
		 "rpm-ostree kargs --append-if-missing=b --delete-if-present=c --unchanged-exit-77\n"},
	{"ostree: nothing", BOOTLOADER_OSTREE, "ro a", "a", "", GENERATOR_UNKNOWN, "",
	 .commands = ""},
};

TEST(commands)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct bootloader bootloader = {.kind = row->kind};
		struct argument_plan arguments = {};
		struct rebuild rebuild = {.generator = row->generator,
					  .drop_ins_newer = row->cfg_stale,
					  .command = {[BOOTLOADER_GRUB] = !row->no_update_grub,
						      [BOOTLOADER_KERNEL_INSTALL] = row->proxmox
											    ? 2
											    : 0}};
		struct planned_files files = {};
		struct command_list list;
		_cleanup_free_ char *all = xstrdup("");

		bootloader.next_path = xstrdup("/boot/x");
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
		if (row->image_changes)
			planned_file_add(&files, managed_files[FILE_MODPROBE], NULL, "x");
		if (row->loader_changes)
			planned_file_add(&files, managed_files[FILE_GRUB], NULL, "x");
		commands_decide(&bootloader, &arguments, &rebuild, &files, false, &list);
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
		planned_files_done(&files);
		rebuild_done(&rebuild);
		argument_plan_done(&arguments);
		bootloader_done(&bootloader);
	}
}

TEST(which_files_concern_which_program)
{
	static const struct {
		const char *what;
		enum managed_file file;
		enum file_state state;
		bool force;
		const char *commands;
	} files[] = {
		{"nothing changes", FILE_MODPROBE, FILE_SAME, true, ""},
		{"somebody else's", FILE_MODPROBE, FILE_FOREIGN, false, ""},
		{"not any more", FILE_MODPROBE, FILE_FOREIGN, true, "dracut "},
		{"unreadable", FILE_MODPROBE, FILE_UNREADABLE, true, ""},
		{"modprobe.d", FILE_MODPROBE, FILE_CHANGE, false, "dracut "},
		{"udev", FILE_UDEV_RULES, FILE_REMOVE, false, "dracut "},
		{"only on the real root", FILE_MODULES_LOAD, FILE_CREATE, false, ""},
		{"grub.d", FILE_GRUB, FILE_REMOVE, false, "update-grub "},
		{"cmdline", FILE_CMDLINE, FILE_CHANGE, false, "update-grub "},
		{"only a list", FILE_OWN_ARGUMENTS, FILE_CREATE, false, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct planned_file file = {.path = managed_files[files[i].file],
					    .state = files[i].state};
		const struct bootloader bootloader = {.kind = BOOTLOADER_GRUB};
		const struct argument_plan arguments = {};
		struct rebuild rebuild = {.generator = GENERATOR_DRACUT,
					  .command[BOOTLOADER_GRUB] = 1};
		struct command_list list;
		struct buf got = {};

		strv_add(&rebuild.images.paths, "a");
		commands_decide(&bootloader, &arguments, &rebuild,
				&(struct planned_files){&file, 1, 1}, files[i].force, &list);
		check_int(files[i].what, commands_are_due(&list), *files[i].commands != '\0');
		vec_foreach(command, &list) {
			buf_addf(&got, "%s ", command->argv.items[0]);
			command->result = COMMAND_DONE;
		}
		check_text(files[i].what, buf_text(&got), files[i].commands);
		check(files[i].what, !commands_are_due(&list));
		buf_done(&got);
		command_list_done(&list);
		rebuild_done(&rebuild);
	}
}

/* "a" is due; an argument, a device that waits for its driver and one that does not. */
TEST(why_a_restart_is_required)
{
	static char text[] = "iommu=pt", word[] = "iommu=nopt";
	static const struct {
		const char *what;
		bool done, running, configured, next_is_older, newer_than_boot;
		char *conflict, *unwritable;
		enum device_state state;
		bool next_boot;
		const char *reasons;
	} cases[] = {
		{"all is due", .reasons = "command a; argument iommu=pt; device 0000:01:00.0; "},
		{"nothing comes", .done = true, .reasons = ""},
		{"configured", .done = true, .configured = true, .reasons = "argument iommu=pt; "},
		{"it did not get there", .done = true, .configured = true, .next_is_older = true,
		 .reasons = ""},
		{"the kernel has it", .running = true, .configured = true,
		 .reasons = "command a; device 0000:01:00.0; "},
		{"others say otherwise", .conflict = word,
		 .reasons = "command a; device 0000:01:00.0; "},
		{"unwritable", .unwritable = word, .reasons = "command a; device 0000:01:00.0; "},
		{"a new image", .done = true, .newer_than_boot = true,
		 .reasons = "device 0000:01:00.0; "},
		{"virtual functions", .done = true, .newer_than_boot = true, .state = DEVICE_VFS,
		 .reasons = "device 0000:01:00.0; "},
		{"right", .done = true, .newer_than_boot = true, .state = DEVICE_RIGHT,
		 .reasons = ""},
		{"refused", .done = true, .newer_than_boot = true, .state = DEVICE_REFUSED,
		 .reasons = ""},
		{"in use", .done = true, .newer_than_boot = true, .state = DEVICE_REFUSED,
		 .next_boot = true, .reasons = "device 0000:01:00.0; "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned_device device = {.address = address("01:00.0"),
						.state = cases[i].state,
						.next_boot = cases[i].next_boot};
		struct wanted_argument argument = {.text = text,
						   .running = cases[i].running,
						   .configured = cases[i].configured,
						   .conflict = cases[i].conflict,
						   .unwritable = cases[i].unwritable};
		const struct plan plan = {.items = &device, .n = 1};
		const struct argument_plan arguments = {.items = &argument, .n = 1};
		char path[] = "/boot/x";
		const struct bootloader bootloader = {.kind = BOOTLOADER_GRUB,
						      .next_path = path,
						      .next_is_older = cases[i].next_is_older};
		const struct rebuild rebuild = {.newer_than_boot = cases[i].newer_than_boot};
		struct command_list list = {};
		struct restart_reasons reasons = {};
		struct buf got = {};

		command_add(&list, "why", "a")->result = cases[i].done ? COMMAND_DONE : COMMAND_DUE;
		find_restart_reasons(&plan, &arguments, &bootloader, &rebuild, &list, &reasons);
		for (size_t j = 0; j < reasons.n; j++)
			buf_addf(&got, "%s; ", reasons.items[j].text);
		check_text(cases[i].what, buf_text(&got), cases[i].reasons);
		buf_done(&got);
		restart_reasons_done(&reasons);
		command_list_done(&list);
	}
}

/* Where nobody sees what the next boot gets, what the kernel runs with counts, and what was run last. */
TEST(what_nobody_looks_at)
{
	static const struct {
		const char *what;
		bool running, older, taken_over, ours;
		const char *commands, *reasons;
	} cases[] = {
		{"written now", false, false, false, false, "x\n",
		 "command x; argument iommu=pt; "},
		{"written, and not taken over", false, false, false, true, "x\n",
		 "command x; argument iommu=pt; "},
		{"taken over", false, false, true, true, "", "argument iommu=pt; "},
		{"it has come", true, true, false, true, "", ""},
		{"it has come, taken over by a person", true, true, true, true, "", ""},
		{"it was not taken over", false, true, false, true, "x\n",
		 "command x; argument iommu=pt; "},
		{"it was, and did not come: no restart helps", false, true, true, true, "", ""},
		{"the kernel has it by another file", true, false, true, true, "", ""},
	};
	static const char command[] = "proxmox-boot-tool refresh";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bootloader bootloader = {.kind = BOOTLOADER_KERNEL_INSTALL,
						.source_path = KERNEL_CMDLINE_PATH,
						.source_is_older = cases[i].older,
						.taken_over = cases[i].taken_over};
		struct argument_plan arguments = {};
		struct wanted_argument *argument = vec_add(&arguments);
		struct rebuild rebuild = {.command = {[BOOTLOADER_KERNEL_INSTALL] = 2}};
		struct planned_files files = {};
		struct restart_reasons reasons = {};
		struct command_list list;
		struct buf got = {};

		argument->text = xstrdup("iommu=pt");
		argument->running = cases[i].running;
		argument->configured = cases[i].ours;
		kernel_args_parse("iommu=pt", &argument->words);
		strv_add(&arguments.ours, "iommu=pt");
		if (cases[i].ours)
			strv_add(&bootloader.ours, "iommu=pt");
		commands_decide(&bootloader, &arguments, &rebuild, &files, false, &list);
		check_int(cases[i].what, list.n, *cases[i].commands != '\0');
		find_restart_reasons(&(struct plan){}, &arguments, &bootloader, &rebuild, &list,
				     &reasons);
		for (size_t j = 0; j < reasons.n; j++) {
			const char *reason = reasons.items[j].text;

			if (strcmp(reason, "command proxmox-boot-tool refresh") == 0)
				buf_add(&got, "command x; ");
			else
				buf_addf(&got, "%s; ", reason);
		}
		check_text(cases[i].what, buf_text(&got), cases[i].reasons);
		if (list.n)
			assert_string_equal(
				bootloaders[BOOTLOADER_KERNEL_INSTALL].commands[2].words, command);
		buf_done(&got);
		restart_reasons_done(&reasons);
		command_list_done(&list);
		argument_plan_done(&arguments);
		bootloader_done(&bootloader);
	}
}

/* What a person has to add comes by no restart that apply could ask for. */
TEST(a_boot_loader_that_apply_does_not_write)
{
	struct bootloader bootloader = {.kind = BOOTLOADER_NONE};
	struct wanted_argument argument = {.text = (char[]){"iommu=pt"}};
	const struct argument_plan arguments = {.items = &argument, .n = 1};
	struct command_list list = {};
	struct restart_reasons reasons = {};

	command_add(&list, "why", "update-initramfs");
	find_restart_reasons(&(struct plan){}, &arguments, &bootloader, &(struct rebuild){}, &list,
			     &reasons);
	assert_int_equal(reasons.n, 1);
	assert_string_equal(reasons.items[0].text, "command update-initramfs");
	/* Once it stands there, a restart brings it. */
	bootloader.next_path = (char[]){"/boot/x"};
	argument.configured = true;
	find_restart_reasons(&(struct plan){}, &arguments, &bootloader, &(struct rebuild){}, &list,
			     &reasons);
	assert_string_equal(reasons.items[reasons.n - 1].text, "argument iommu=pt");
	restart_reasons_done(&reasons);
	command_list_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(which_files_concern_which_program),
		cmocka_unit_test(why_a_restart_is_required),
		cmocka_unit_test(what_nobody_looks_at),
		cmocka_unit_test(a_boot_loader_that_apply_does_not_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
