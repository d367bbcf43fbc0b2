/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values in the formats of other systems. All of it gets what a person or a device may have named in any way;
 * whatever it is, it stays within the value where it stands.
 */
#pragma once

#include "base/buf.h"
#include "model/address.h"
#include "model/profile.h"

/* A word for the shell, in quotes where it needs any (POSIX, sh -c: one word, as it is). */
void add_shell_word(struct buf *buf, const char *word);
/* A YAML scalar in double quotes; what is no printable character is escaped (YAML 1.2, 7.3.1: JSON's form). */
void add_yaml_text(struct buf *buf, const char *text);
/* Text, or an attribute's value, of XML 1.0; characters that XML cannot hold become '?'. */
void add_xml_text(struct buf *buf, const char *text);
/*
 * Has it nothing but printable ASCII and line feeds? Such a text may stand as it is in a block of YAML and in a
 * here-document; of all UTF-8 that cannot be said.
 */
bool text_is_plain(const char *text);
/* As RFC 4648 has it, without line ends. */
void add_base64(struct buf *buf, const void *bytes, size_t n);
/* The profile as a file that the program reads to the same end; comments are not kept. */
void add_profile_text(struct buf *buf, const struct profile *profile);
/* libvirt's name of a device, which vdsm has from it: pci_0000_83_00_0 (udevGenerateDeviceName()). */
void add_nodedev(struct buf *buf, const struct pci_address *address);
