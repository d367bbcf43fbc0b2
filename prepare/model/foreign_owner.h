/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose a file of the host's configuration is, as its path, the comment that it begins with and the host tell it.
 * Whoever else than a person has written it writes it again, or has a setting of its own for what stands there.
 * Plain data; whether a package brings the file, host/foreign_owners.c reads.
 */
#pragma once

#include <stdbool.h>

enum foreign_owner {
	FOREIGN_OF_PERSON, /* written by hand, or nothing tells whose it is */
	FOREIGN_OF_PACKAGE,
	FOREIGN_OF_VDSM,
	FOREIGN_OF_PROXMOX,
	FOREIGN_OF_OPENSHIFT,
	FOREIGN_OF_HARVESTER,
	FOREIGN_OF_TALOS,
	FOREIGN_OF_NIXOS,
	FOREIGN_OF_TRUENAS,
	FOREIGN_OF_UNRAID,
	FOREIGN_OF_TUNED,
	FOREIGN_OF_JUJU,
	FOREIGN_OF_MAAS,
	FOREIGN_OF_ANSIBLE,
	FOREIGN_OF_PUPPET,
	FOREIGN_OF_CHEF,
	FOREIGN_OF_SALT,
	FOREIGN_OF_NVIDIA,
	FOREIGN_OF_SUPERGFXD,
	FOREIGN_OF_ENVYCONTROL,
	FOREIGN_OF_OURSELVES, /* of a version or a place of which nothing is left */
	N_FOREIGN_OWNERS
};

/* A bit of a set of owners. */
#define FOREIGN_OWNER(owner) (1U << (owner))

struct foreign_owner_row {
	const char *name; /* in a sentence */
	/* A path, or an argument of the kernel, that only hosts which it manages have; NULL: none. */
	const char *sign, *sign_argument;
	const char *paths[4]; /* of its files, for fnmatch(3), where '*' fits '/' as well */
	const char *makes[5]; /* its files on hosts that it manages, which others have by hand */
	const char *marks[4]; /* in the comment at the top of its files, in either case */
	/* People write to its file as well: only this line is its own. NULL: all are. */
	const char *line;
	/* What stands there belongs there, and does no harm to a device that it does not concern. */
	bool expected;
	const char *told;     /* how it is told, as a sentence goes on behind ':' */
	const char *argument; /* where it has arguments of the kernel; NULL: it has none */
};

extern const struct foreign_owner_row foreign_owners[N_FOREIGN_OWNERS];

/* Whose the file is by its path; managers: bits of those whose sign the host has. */
enum foreign_owner foreign_owner_by_path(const char *path, unsigned managers);
/* Whose the file is by the comment at its top; FOREIGN_OF_PERSON: that tells nothing. */
enum foreign_owner foreign_owner_by_text(const char *text);
/* Is it below /usr or a link to there, where packages put their files? Not below /usr/local. */
bool path_is_of_distribution(const char *path);
