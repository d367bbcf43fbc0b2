/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/export.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define ANY_DOMAIN UINT32_MAX

const struct export_info export_infos[] = {
	[EXPORT_KERNEL_ARGS] = {"kernel-args", "", "words", "the kernel's command line", NULL, NULL,
				EXPORT_OF_HOST, ANY_DOMAIN},
	[EXPORT_LIBVIRT_NODEDEV] = {"libvirt", "nodedev", "words", "virsh nodedev-dumpxml", "1.0.0",
				    "12.8.0", EXPORT_OF_HOST | EXPORT_OF_DEVICES, 0xffff},
	[EXPORT_CLOUD_INIT] = {"cloud-init", "", "yaml", "user-data", "22.4", "26.2",
			       EXPORT_INSTALLS, ANY_DOMAIN},
};

int export_find(const char *target, const char *part)
{
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++)
		if (strcmp(export_infos[i].target, target) == 0 &&
		    (!part || strcmp(export_infos[i].part, part) == 0))
			return (int)i;
	return -1;
}

bool release_is_valid(const char *release)
{
	bool digit = false;

	for (const char *c = release; *c; c++) {
		if (!isdigit((unsigned char)*c) && !(*c == '.' && digit && c[1]))
			return false;
		digit = *c != '.';
	}
	return digit && strlen(release) < 32;
}

int release_compare(const char *a, const char *b)
{
	while (*a || *b) {
		char *end_a, *end_b;
		unsigned long x = strtoul(a, &end_a, 10), y = strtoul(b, &end_b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a = *end_a == '.' ? end_a + 1 : "";
		b = *end_b == '.' ? end_b + 1 : "";
	}
	return 0;
}

void export_done(struct export *export)
{
	vec_foreach(device, export)
		free(device->driver);
	free(export->items);
	free(export->url);
	free(export->sha256);
	strv_done(&export->arguments);
}

static bool is_sha256(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64;
}

const char *export_set_url(struct export *export, const char *url)
{
	static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789-._~:/?[]@!$&()*+,;=%";
	const char *fragment = strchrnul(url, '#');
	bool has_sum = text_starts_with(fragment, "#sha256=");

	if (!text_starts_with(url, "https://") && !text_starts_with(url, "http://") &&
	    !text_starts_with(url, "file:///"))
		return "begins with none of https://, http:// and file:///";
	if (url + strspn(url, characters) != fragment)
		return "has a character that a URL cannot have; %20 is a space";
	if (*fragment && (!has_sum || !is_sha256(fragment + strlen("#sha256="))))
		return "has something else than #sha256= and 64 hex digits behind it";
	if (!has_sum && text_starts_with(url, "http://"))
		return "has no #sha256=HEX behind it, without which whoever is on the way could "
		       "have another program installed";
	export->url = xstrndup(url, (size_t)(fragment - url));
	if (has_sum)
		export->sha256 = xstrdup(fragment + strlen("#sha256="));
	for (char *digit = export->sha256; digit && *digit; digit++)
		*digit = (char)tolower((unsigned char)*digit);
	return NULL;
}

bool export_is_since(const struct export *export, const char *release)
{
	return !export->release || release_compare(export->release, release) >= 0;
}

const char *export_alias(const struct device_section *section)
{
	return section->alias ? section->alias : section->label;
}
