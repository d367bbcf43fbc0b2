/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of a host for tests, from a few words each. */
#pragma once

#include "model/storage.h"
#include "support.h"

static inline int storage_compare_names(const void *a, const void *b)
{
	return strcmp(((const struct block_device *)a)->name,
		      ((const struct block_device *)b)->name);
}

/* "@05:00.0" a function that carries it, "<sda" what it lies on, "type=ext4" and so on. */
static inline void storage_set_word(struct block_device *device, const char *word)
{
	const struct {
		const char *key;
		char **value;
	} keys[] = {{"dm=", &device->dm_name},         {"file=", &device->backing_file},
		    {"type=", &device->type},          {"uuid=", &device->uuid},
		    {"label=", &device->label},        {"partuuid=", &device->partuuid},
		    {"partlabel=", &device->partlabel}};

	if (*word == '@') {
		*vec_add(&device->carriers) = address(word + 1);
	} else if (*word == '<') {
		strv_add(&device->below, word + 1);
	} else if (strcmp(word, "unread") == 0) {
		device->probed = false;
	} else if (strcmp(word, "memory") == 0) {
		device->in_memory = true;
	} else if (strcmp(word, "network") == 0) {
		device->over_network = true;
	} else if (strcmp(word, "off-pci") == 0) {
		device->off_pci = true;
	} else if (strcmp(word, "table") == 0) {
		device->has_partitions = true;
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (strncmp(word, keys[i].key, strlen(keys[i].key)) == 0) {
				*keys[i].value = xstrdup(word + strlen(keys[i].key));
				return;
			}
		fail_msg("%s: what is that?", word);
	}
}

/* A device in each line: "sda1 8:1 @05:00.0 <sda type=ext4". */
static inline void storage_devices(struct storage *storage, const char *text)
{
	struct strv lines = {};

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		struct block_device *device = vec_add(&storage->devices);
		struct strv words = {};

		strv_split(&words, lines.items[i], " ");
		assert_true(words.n >= 2);
		device->name = xstrdup(words.items[0]);
		check(lines.items[i],
		      sscanf(words.items[1], "%u:%u", &device->major, &device->minor) == 2);
		device->probed = true;
		for (size_t j = 2; j < words.n; j++)
			storage_set_word(device, words.items[j]);
		strv_done(&words);
	}
	strv_done(&lines);
	if (storage->devices.n)
		qsort(storage->devices.items, storage->devices.n, sizeof(*storage->devices.items),
		      storage_compare_names);
}

/* A link in each line: "/dev/disk/by-id/x sda". */
static inline void storage_links(struct storage *storage, const char *text)
{
	struct strv words = {};

	strv_split(&words, text, " \n");
	assert_int_equal(words.n % 2, 0);
	for (size_t i = 0; i < words.n; i += 2)
		*vec_add(&storage->links) = (struct device_link){xstrdup(words.items[i]),
								 xstrdup(words.items[i + 1])};
	strv_done(&words);
}
