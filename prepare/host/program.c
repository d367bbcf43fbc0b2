/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/command.h"

/* The program headers follow the head in what every linker makes. */
#define HEAD_BYTES 4096

static bool wants_interpreter(const char *bytes, size_t length)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) part;

	if (length < sizeof(head))
		return true;
	memcpy(&head, bytes, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof(part) ||
	    head.e_phoff > length || head.e_phnum > (length - head.e_phoff) / sizeof(part))
		return true;
	for (size_t i = 0; i < head.e_phnum; i++) {
		memcpy(&part, bytes + head.e_phoff + i * sizeof(part), sizeof(part));
		if (part.p_type == PT_INTERP)
			return true;
	}
	return false;
}

static int check_program(void)
{
	_cleanup_close_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char head[HEAD_BYTES];
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (n < 0)
		return -errno;
	return wants_interpreter(head, (size_t)n) ? -ENOEXEC : 0;
}

static void take_line(void *userdata, const char *text)
{
	buf_addf(userdata, "%s\n", text);
}

int program_pack(char **ret)
{
	_cleanup_(strv_done) struct strv argv = {};
	struct buf text = {};
	struct root here;
	int r = check_program();

	if (r < 0)
		return r;
	r = root_init(&here, "/");
	if (r < 0)
		return r;
	strv_split(&argv, "sh -ec", " ");
	strv_add(&argv, "gzip -9nc \"$0\" | base64");
	strv_take(&argv, xasprintf("/proc/%d/exe", (int)getpid()));
	r = command_run(&here, &argv, take_line, &text);
	root_done(&here);
	/* A pipeline has the status of its last program alone; gzip's own words have spaces. */
	if (r != 0 || !text.length || strchr(buf_text(&text), ' ')) {
		buf_done(&text);
		return r < 0 ? r : -ECANCELED;
	}
	*ret = buf_take(&text);
	return 0;
}
