/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile that is read is read the same again, and one that is refused says why. The two readers
 * of INI, the look through the text and iniparser, agree on what is an entry.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "host/ini_file.h"
#include "parse/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int parse(const char *text, size_t size, struct profile *ret, struct findings *findings)
{
	struct ini ini = {};
	int r = ini_file_parse(text, size, "f", &ini, findings);

	assert((r < 0) == (findings->n > 0));
	for (size_t i = 0; i < ini.n && r == 0; i++)
		assert(ini.items[i].line > 0 && !ini.items[i].key == !ini.items[i].value);
	if (r == 0)
		r = profile_parse(&ini, ret, findings);
	ini_done(&ini);
	assert((r < 0) == (findings->n > 0));
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct findings findings = {};
	struct profile profile, again;
	char *text;

	if (size > INI_MAX_BYTES)
		return 0;
	text = xcalloc(size + 1, 1);
	if (size)
		memcpy(text, data, size);

	if (parse(text, size, &profile, &findings) == 0) {
		assert(parse(text, size, &again, &findings) == 0);
		assert(profile.sections.n == again.sections.n);
		for (size_t i = 0; i < profile.sections.n; i++) {
			const struct device_section *section = &profile.sections.items[i];

			assert(strcmp(section->label, again.sections.items[i].label) == 0);
			assert(*section->label && *section->driver);
			assert(section->addresses.n + section->ids.n + section->classes.n +
				       section->subsystems.n + section->paths.n +
				       section->serials.n >
			       0);
		}
		profile_done(&again);
		profile_done(&profile);
	}
	for (size_t i = 0; i < findings.n; i++)
		assert(*findings.items[i].detail && *findings.items[i].remedy);
	findings_done(&findings);
	free(text);
	return 0;
}
