/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/depmod.h"

#include <elf.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

static _Noreturn void failed(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void append(const char *directory, const char *name, const void *bytes, size_t n)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", directory, name);
	FILE *file = fopen(path, "ae");

	if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0)
		failed(path);
}

/* An object file with the one section that depmod looks for aliases in, and an empty symbol table. */
static void write_object(const char *directory, const char *name, const char *modinfo, size_t n)
{
	static const char names[] = "\0.modinfo\0.symtab\0.strtab\0.shstrtab";
	enum { MODINFO = 1, SYMTAB, STRTAB, SHSTRTAB, N_SECTIONS };
	struct {
		Elf64_Ehdr header;
		Elf64_Shdr sections[N_SECTIONS];
		Elf64_Sym no_symbol;
		char names[sizeof(names)];
	} object = {
		.header =
			{
				.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
					    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB
										      : ELFDATA2MSB,
					    EV_CURRENT},
				.e_type = ET_REL,
				.e_version = EV_CURRENT,
				.e_shoff = sizeof(Elf64_Ehdr),
				.e_ehsize = sizeof(Elf64_Ehdr),
				.e_shentsize = sizeof(Elf64_Shdr),
				.e_shnum = N_SECTIONS,
				.e_shstrndx = SHSTRTAB,
			},
	};
	size_t strings = (size_t)((char *)object.names - (char *)&object);

	memcpy(object.names, names, sizeof(names));
	object.sections[MODINFO] = (Elf64_Shdr){.sh_name = 1,
						.sh_type = SHT_PROGBITS,
						.sh_offset = sizeof(object),
						.sh_size = n};
	object.sections[SYMTAB] = (Elf64_Shdr){.sh_name = 10,
					       .sh_type = SHT_SYMTAB,
					       .sh_link = STRTAB,
					       .sh_entsize = sizeof(Elf64_Sym),
					       .sh_offset = (size_t)((char *)&object.no_symbol -
								     (char *)&object),
					       .sh_size = sizeof(Elf64_Sym)};
	object.sections[STRTAB] = (Elf64_Shdr){.sh_name = 18,
					       .sh_type = SHT_STRTAB,
					       .sh_offset = strings,
					       .sh_size = 1};
	object.sections[SHSTRTAB] = (Elf64_Shdr){.sh_name = 26,
						 .sh_type = SHT_STRTAB,
						 .sh_offset = strings,
						 .sh_size = sizeof(names)};
	append(directory, name, &object, sizeof(object));
	append(directory, name, modinfo, n);
}

void depmod_add(const char *directory, const char *name, bool builtin, const struct strv *aliases)
{
	_cleanup_free_ char *file = xasprintf("%s.ko", name), *line = xasprintf("%s\n", file);
	struct buf modinfo = {};

	/* The image of a kernel has the same as a module, with the module's name before each key. */
	buf_addf(&modinfo, "%s%slicense=GPL", builtin ? name : "", builtin ? "." : "");
	buf_add_n(&modinfo, "", 1);
	for (size_t i = 0; i < aliases->n; i++) {
		buf_addf(&modinfo, "%s%salias=%s", builtin ? name : "", builtin ? "." : "",
			 aliases->items[i]);
		buf_add_n(&modinfo, "", 1);
	}
	if (builtin) {
		append(directory, "modules.builtin", line, strlen(line));
		append(directory, "modules.builtin.modinfo", modinfo.text, modinfo.length);
	} else {
		write_object(directory, file, buf_text(&modinfo), modinfo.length);
		append(directory, "modules.order", line, strlen(line));
	}
	buf_done(&modinfo);
}

void depmod_run(const char *tree, const char *directory, const char *release)
{
	static const char *const places[] = {"/usr/sbin/depmod", "/sbin/depmod"};
	char *argv[] = {(char[]){"depmod"}, (char[]){"-b"}, xstrdup(tree), xstrdup(release), NULL};
	int status, error = ENOENT;
	pid_t pid;

	append(directory, "modules.order", "", 0);
	append(directory, "modules.builtin", "", 0);
	append(directory, "modules.builtin.modinfo", "", 0);
	for (size_t i = 0; i < ARRAY_SIZE(places) && error; i++)
		error = posix_spawn(&pid, places[i], NULL, NULL, argv, environ);
	free(argv[2]);
	free(argv[3]);
	if (error) {
		fprintf(stderr, "depmod: %s (Debian package kmod)\n", strerror(error));
		exit(1);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "depmod: status %d\n", status);
		exit(1);
	}
}
