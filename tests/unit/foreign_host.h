/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host of three equal cards, on which a test puts settings of other tools. */
#pragma once

#include "model/foreign.h"
#include "support.h"

static struct inventory inventory;

/* At 01:00.0 to 03:00.0, on nouveau; their subsystems tell them apart. */
static inline void add_cards(void)
{
	for (int i = 0; i < 3; i++) {
		char place[] = "0000:01:00.0";
		struct pci_function *function;

		place[6] = (char)('1' + i);
		function = add_function(&inventory, place, 0x10de, 0x1bb0, 0x030000, i, "nouveau");
		function->subsystem_vendor = 0x103c;
		function->subsystem_device = (uint16_t)i;
		strv_add(&function->modules, "nouveau");
	}
}

struct setting {
	enum foreign_source source;
	enum foreign_effect effect;
	const char *file;
	unsigned line;
	const char *name, *values; /* words */
	const char *flaw, *text;   /* text: where it is not TEXT */
	bool fatal, ours, idle, removes;
};

/* A setting: PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "1:2", .ours = true). */
#define PUT(source_, effect_, file_, line_, name_, values_, ...)                         \
	{                                                                                \
		.source = FOREIGN_##source_, .effect = FOREIGN_##effect_, .file = file_, \
		.line = line_, .name = name_, .values = values_, __VA_ARGS__             \
	}
/* Puts it there. */
#define put(...) put_setting(&(const struct setting)PUT(__VA_ARGS__))

static inline void put_setting(const struct setting *setting)
{
	struct foreign_setting *added = foreign_add(&inventory.foreign, setting->source,
						    setting->effect, setting->file, setting->line,
						    setting->text ? setting->text : "TEXT",
						    setting->name);

	strv_split(&added->values, setting->values, " ");
	added->flaw = setting->flaw;
	added->fatal = setting->fatal;
	added->ours = setting->ours;
	added->idle = setting->idle;
	if (setting->removes)
		added->mechanism = FOREIGN_BY_REMOVE;
}

/* A row of a table: what the test's own expect() gets once the settings are there. */
struct setting_row {
	const char *first, *second;
	struct setting settings[9];
};

#define ROW(first_, second_, ...)                                               \
	{                                                                       \
		.first = first_, .second = second_, .settings = { __VA_ARGS__ } \
	}

static void expect(const char *first, const char *second);

static inline void expect_rows(const struct setting_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct setting *settings = rows[i].settings;

		for (size_t j = 0; j < ARRAY_SIZE(rows[i].settings) && settings[j].values; j++)
			put_setting(&settings[j]);
		expect(rows[i].first, rows[i].second);
	}
}
