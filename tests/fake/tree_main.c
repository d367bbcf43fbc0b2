/* SPDX-License-Identifier: GPL-2.0-or-later */
/* usage: tree HOST DIRECTORY. Builds the tree of a host's description in a new directory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fake/tree.h"

int main(int argc, char **argv)
{
	struct host *host;

	if (argc != 3) {
		fprintf(stderr, "usage: %s HOST DIRECTORY\n", argv[0]);
		return 2;
	}
	if (mkdir(argv[2], 0755) < 0) {
		fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	host = host_new();
	host_read(host, argv[1]);
	tree_build(host, argv[2]);
	host_free(host);
	return 0;
}
