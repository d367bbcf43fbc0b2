/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/foreign.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "model/inventory.h"

/* A line that is shown is cut to so many characters. */
#define TEXT_MAX 200

void foreign_setting_done(struct foreign_setting *setting)
{
	free(setting->file);
	free(setting->text);
	free(setting->name);
	free(setting->package);
	strv_done(&setting->values);
}

void foreign_done(struct foreign *foreign)
{
	if (!foreign)
		return;
	vec_foreach(setting, foreign)
		foreign_setting_done(setting);
	free(foreign->items);
	strv_done(&foreign->unread);
	*foreign = (struct foreign){};
}

char *foreign_shown(const char *text)
{
	size_t length;
	char *copy;

	while (isspace((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	if (length > TEXT_MAX)
		copy = xasprintf("%.*s...", TEXT_MAX, text);
	else
		copy = xstrndup(text, length);
	for (char *c = copy; *c; c++) {
		if (isspace((unsigned char)*c))
			*c = ' ';
		else if (!isprint((unsigned char)*c))
			*c = '?';
	}
	return copy;
}

struct foreign_setting *foreign_add(struct foreign *foreign, enum foreign_source source,
				    enum foreign_effect effect, const char *file, unsigned line,
				    const char *text, const char *name)
{
	struct foreign_setting *setting = vec_add(foreign);

	*setting = (struct foreign_setting){
		.source = source,
		.effect = effect,
		.mechanism = effect == FOREIGN_IDS ? FOREIGN_BY_IDS : FOREIGN_BY_NOTHING,
		.file = file ? foreign_shown(file) : NULL,
		.line = line,
		.text = foreign_shown(text),
		.name = name ? foreign_shown(name) : NULL,
		.owner = file ? foreign_owner_by_path(file, 0) : FOREIGN_OF_PERSON,
	};
	return setting;
}

void foreign_add_value(struct foreign_setting *setting, const char *text)
{
	strv_take(&setting->values, foreign_shown(text));
}

void foreign_add_values(struct foreign_setting *setting, const char *text, const char *separators)
{
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, text, separators);
	for (size_t i = 0; i < words.n; i++)
		foreign_add_value(setting, words.items[i]);
}

void foreign_add_flaw(struct foreign *foreign, size_t from, const char *flaw)
{
	for (size_t i = from; i < foreign->n; i++)
		foreign->items[i].flaw = flaw;
}

void foreign_add_idle(struct foreign *foreign, size_t from, const char *flaw)
{
	foreign_add_flaw(foreign, from, flaw);
	for (size_t i = from; i < foreign->n; i++)
		foreign->items[i].idle = true;
}

char *foreign_place(const struct foreign_setting *setting)
{
	if (!setting->file)
		return xstrdup("kernel arguments");
	if (!setting->line)
		return xstrdup(setting->file);
	return xasprintf("%s:%u", setting->file, setting->line);
}

bool text_is_about_guests(const char *text)
{
	static const char *const words[] = {"vfio",    "pci-stub", "pci_stub",
					    "pciback", "passthr",  "driverctl"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

bool foreign_option_is_on(const struct foreign *foreign, const char *name)
{
	bool on = false;

	vec_foreach(setting, foreign) {
		const char *value = setting->values.n ? setting->values.items[0] : "";

		if (setting->effect == FOREIGN_OPTION && setting->source == FOREIGN_MODPROBE &&
		    !setting->flaw && text_same(setting->name, name))
			on = !*value || (bool_parse(value, &on) == 0 && on);
	}
	return on;
}

bool module_is_for_guests(const char *module)
{
	return strncmp(module, "vfio", 4) == 0 || text_ends_with(module, "_vfio_pci") ||
	       strcmp(module, "igb_uio") == 0 || strcmp(module, "pci_stub") == 0 ||
	       strcmp(module, "pciback") == 0 || strcmp(module, "xen_pciback") == 0 ||
	       strcmp(module, "uio_pci_generic") == 0 || strcmp(module, "iommufd") == 0;
}

bool module_takes_ids(const char *module)
{
	return strcmp(module, "vfio_pci") == 0 || strcmp(module, "pci_stub") == 0;
}

static bool fits(uint32_t wanted, uint32_t has)
{
	return wanted == UINT32_MAX || wanted == has;
}

bool foreign_id_matches(const struct foreign_id *id, const struct pci_function *function)
{
	return !(function->unknown & FUNCTION_IDS) && fits(id->vendor, function->vendor) &&
	       fits(id->device, function->device) &&
	       fits(id->subvendor, function->subsystem_vendor) &&
	       fits(id->subdevice, function->subsystem_device) &&
	       ((id->class ^ function->class) & id->class_mask) == 0;
}
