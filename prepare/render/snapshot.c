/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/snapshot.h"

#include <string.h>

#include "base/buf.h"

/* A field that holds no white space and is never empty; "-" stands for none. */
static void add_field(struct buf *buf, const char *text)
{
	buf_add(buf, " ");
	if (!text || !*text)
		buf_add(buf, "-");
	for (const char *c = text; c && *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == '\\' || *c == 0x7f ||
		    (c == text && *c == '-'))
			buf_addf(buf, "\\%03o", (unsigned char)*c);
		else
			buf_add_n(buf, c, 1);
	}
}

char *render_contents(const struct storage *storage)
{
	struct buf buf = {};

	vec_foreach(device, &storage->devices) {
		if (!device->probed && !device->claimed)
			continue;
		buf_addf(&buf, "%s %d", device->name,
			 CONTENTS_PARTITIONS * device->has_partitions +
				 CONTENTS_CLAIMED * device->claimed +
				 CONTENTS_NOT_PROBED * !device->probed);
		add_field(&buf, device->type);
		add_field(&buf, device->uuid);
		add_field(&buf, device->label);
		add_field(&buf, device->partuuid);
		add_field(&buf, device->partlabel);
		buf_add(&buf, "\n");
	}
	return buf_take(&buf);
}

/* A word and the rest of the line; the end of a line in it would begin another. */
static void add_line(struct buf *buf, const char *word, const char *text)
{
	if (text && !strchr(text, '\n'))
		buf_addf(buf, "%s %s\n", word, text);
}

char *render_images(const struct images *images)
{
	struct buf buf = {};

	if (images->searched)
		buf_add(&buf, "searched\n");
	vec_foreach(image, images) {
		add_line(&buf, "image", image->path);
		add_line(&buf, "kernel", image->kernel);
		add_line(&buf, "unreadable", image->unknown);
		if (image->is_started)
			buf_add(&buf, "started\n");
		if (image->damaged)
			buf_add(&buf, "damaged\n");
		if (image->named)
			buf_add(&buf, "named\n");
		add_line(&buf, "maker", generators[image->generator].name);
		if (image->has_tool)
			buf_add(&buf, "tool\n");
		add_line(&buf, "start", image_start_names[image->start]);
		for (size_t i = 0; i < image->modules.n; i++)
			add_line(&buf, "module", image->modules.items[i]);
		vec_foreach(file, &image->profile)
			add_line(&buf, image_file_state_names[file->state], file->path);
	}
	return buf_take(&buf);
}

char *render_users(const struct inventory *inventory)
{
	struct buf buf = {};

	vec_foreach(function, inventory)
		if (function->user)
			buf_addf(&buf, "%s %s\n", PCI_ADDRESS_TEXT(&function->address),
				 function->user);
	return buf_take(&buf);
}
