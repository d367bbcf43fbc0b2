/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of agree.c on the kernel that runs: for a virtual machine, it takes the devices away. */
#include <stdio.h>
#include <string.h>

#include "fake/agree.h"

int main(int argc, char **argv)
{
	struct root root;
	int r = root_init(&root, "/");

	if (r < 0) {
		fprintf(stderr, "/: %s\n", strerror(-r));
		return 1;
	}
	agree(&root, argc > 1 ? argv[1] : "");
	root_done(&root);
	return 0;
}
