/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/foreign_acts.h"

#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"

bool foreign_take_address(const char *text, struct foreign_device *ret)
{
	_cleanup_free_ char *word = foreign_shown(text);
	size_t length;

	if (strchr(text, SHELL_UNKNOWN[0]) || strchr(text, OF_DEVICE))
		return false;
	ret->group = strchr(text, OF_GROUP) != NULL;
	length = strlen(word);
	if (ret->group && word[length - 1] == '?')
		word[length - 1] = '\0';
	if (text_starts_with(word, "pci_")) {
		memmove(word, word + 4, strlen(word + 4) + 1);
		for (char *c = strrchr(word, '_'); c; c = strrchr(word, '_'))
			*c = strchr(word, '.') ? ':' : '.';
	}
	length = strlen(word);
	ret->slot = text_ends_with(word, ".*");
	if (ret->slot)
		word[length - 1] = '0';
	ret->short_address = strchr(word, ':') == strrchr(word, ':');
	return pci_address_parse(word, &ret->address) == 0;
}

/* The record of a device; NULL: the text names none that can be told. */
static struct foreign_device *foreign_find_device(struct foreign_acts *acts, const char *text)
{
	struct foreign_device wanted = {}, *device;

	if (!foreign_take_address(text, &wanted))
		return NULL;
	vec_foreach(known, &acts->devices)
		if (pci_address_compare(&known->address, &wanted.address) == 0 &&
		    known->group == wanted.group && known->slot == wanted.slot) {
			known->short_address = known->short_address && wanted.short_address;
			return known;
		}
	device = vec_add(&acts->devices);
	*device = wanted;
	return device;
}

static bool is_for_guests(const char *driver)
{
	_cleanup_free_ char *module = module_of_driver(driver);

	return strchr(driver, SHELL_UNKNOWN[0]) || module_is_for_guests(module);
}

void foreign_add_untold(struct foreign_acts *acts, const char *driver,
			const struct shell_event *event)
{
	if (!acts->untold && is_for_guests(driver))
		acts->untold = event->line;
}

static void assign(struct foreign_acts *acts, struct foreign_device *device, const char *driver,
		   enum foreign_mechanism mechanism, const struct shell_event *event)
{
	if (strchr(driver, SHELL_UNKNOWN[0])) {
		foreign_add_untold(acts, driver, event);
		return;
	}
	device->unsure = device->unsure || (device->driver && strcmp(device->driver, driver) != 0 &&
					    (event->maybe || device->maybe));
	/* The command that says where it goes is the one to look at. */
	if (!device->driver || strcmp(device->driver, driver) != 0) {
		device->line = event->line;
		device->mechanism = mechanism;
	}
	free(device->driver);
	device->driver = xstrdup(driver);
	if (*driver && is_for_guests(driver)) {
		free(device->guests);
		device->guests = xstrdup(driver);
	}
	device->maybe = event->maybe;
	device->freed = false;
}

static void override(struct foreign_acts *acts, const char *address, const char *driver,
		     const struct shell_event *event)
{
	struct foreign_device *device = foreign_find_device(acts, address);
	_cleanup_free_ char *name = foreign_shown(driver);

	if (!device) {
		if (*name)
			foreign_add_untold(acts, driver, event);
		return;
	}
	free(TAKE_PTR(device->override));
	if (*name && strcmp(name, "(null)") != 0) {
		device->override = xstrdup(strchr(driver, SHELL_UNKNOWN[0]) ? driver : name);
		assign(acts, device, device->override, FOREIGN_BY_OVERRIDE, event);
	} else if (device->driver && !device->bound && !event->maybe) {
		free(TAKE_PTR(device->driver));
	}
}

void foreign_add_ids(struct foreign_acts *acts, const char *ids, const char *driver,
		     enum foreign_mechanism mechanism, const struct shell_event *event)
{
	struct foreign_ids *list;

	if (strpbrk(ids, SHELL_UNKNOWN) || strpbrk(driver, SHELL_UNKNOWN)) {
		foreign_add_untold(acts, driver, event);
		return;
	}
	list = vec_add(&acts->ids);
	*list = (struct foreign_ids){xstrdup(driver), xstrdup(ids), mechanism, event->line};
}

/* "10de 1bb0", "0x10de 0x1bb0 0x1043 ...", or the ids of a device as it shows them itself */
static void new_id(struct foreign_acts *acts, const char *text, const char *driver,
		   const struct shell_event *event)
{
	const char *mark = strchr(text, OF_DEVICE);
	_cleanup_(strv_done) struct strv words = {};
	_cleanup_free_ char *ids = NULL;

	if (mark) {
		_cleanup_free_ char *address = xstrndup(text, (size_t)(mark - text));
		struct foreign_device *device = foreign_find_device(acts, address);

		if (!device) {
			foreign_add_untold(acts, driver, event);
			return;
		}
		device->short_address = false;
		assign(acts, device, driver, FOREIGN_BY_NEW_ID, event);
		return;
	}
	strv_split(&words, text, " \t\n:");
	if (words.n < 2 || strchr(text, SHELL_UNKNOWN[0])) {
		foreign_add_untold(acts, driver, event);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		char *word = words.items[i];
		size_t prefix = strncasecmp(word, "0x", 2) == 0 ? 2 : 0;

		memmove(word, word + prefix, strlen(word + prefix) + 1);
	}
	ids = xasprintf("%s:%s", words.items[0], words.items[1]);
	foreign_add_ids(acts, ids, driver, FOREIGN_BY_NEW_ID, event);
}

static bool has_new_id(const struct foreign_acts *acts, const char *driver)
{
	vec_foreach(list, &acts->ids)
		if (strcmp(list->driver, driver) == 0)
			return true;
	return false;
}

static void bind(struct foreign_acts *acts, const char *address, const char *driver,
		 const struct shell_event *event)
{
	struct foreign_device *device = foreign_find_device(acts, address);

	if (!device) {
		foreign_add_untold(acts, driver, event);
		return;
	}
	/* The kernel refuses a driver that an override does not name. */
	if (device->override && strcmp(device->override, driver) != 0)
		return;
	assign(acts, device, driver, has_new_id(acts, driver) ? FOREIGN_BY_NEW_ID : FOREIGN_BY_BIND,
	       event);
	device->bound = true;
}

static void unbind(struct foreign_acts *acts, const char *address, const struct shell_event *event)
{
	struct foreign_device *device = foreign_find_device(acts, address);

	if (!device)
		return;
	device->freed = true;
	device->line = device->driver ? device->line : event->line;
	if (!device->override && !event->maybe)
		free(TAKE_PTR(device->driver));
}

static void probe(struct foreign_acts *acts, const char *address, const struct shell_event *event)
{
	struct foreign_device *device = foreign_find_device(acts, address);

	if (!device || device->override)
		return;
	/* Without an override, the native driver takes it. */
	if (device->driver || device->freed)
		assign(acts, device, "", FOREIGN_BY_NOTHING, event);
}

/* The name of the last but one part of a path, "" if there is none; the caller's. */
static char *name_above(const char *path, const char *name)
{
	size_t length = (size_t)(name - path), start;

	while (length && path[length - 1] == '/')
		length--;
	for (start = length; start && path[start - 1] != '/';)
		start--;
	return xstrndup(path + start, length - start);
}

void foreign_write(struct foreign_acts *acts, const struct shell_event *event)
{
	const char *path = event->path, *slash = strrchr(path, '/'),
		   *name = slash ? slash + 1 : path;
	_cleanup_free_ char *above = name_above(path, name);
	const char *driver = text_starts_with(above, "pci:") ? above + 4 : above;
	bool of_pci = strstr(path, "/pci") || driver != above || strchr(path, SHELL_UNKNOWN[0]);

	if (strcmp(name, "sriov_numvfs") == 0)
		*vec_add(&acts->numvfs) = (struct foreign_numvfs){xstrdup(path),
								  xstrdup(event->text),
								  event->line};
	if (!of_pci)
		return;
	if (strcmp(name, "driver_override") == 0)
		override(acts, above, event->text, event);
	else if (strcmp(name, "drivers_probe") == 0)
		probe(acts, event->text, event);
	else if (strcmp(name, "unbind") == 0)
		unbind(acts, event->text, event);
	else if (strcmp(name, "bind") == 0 && strcmp(above, "driver") != 0)
		bind(acts, event->text, driver, event);
	else if (strcmp(name, "new_id") == 0 && strcmp(above, "driver") != 0)
		new_id(acts, event->text, driver, event);
}

void foreign_assign_words(struct foreign_acts *acts, const struct strv *words, size_t from,
			  const char *driver, enum foreign_mechanism mechanism,
			  const struct shell_event *event)
{
	for (size_t i = from; i < words->n; i++) {
		struct foreign_device *device;

		if (words->items[i][0] == '-')
			continue;
		device = foreign_find_device(acts, words->items[i]);
		if (!device) {
			if (*driver)
				foreign_add_untold(acts, driver, event);
			continue;
		}
		device->short_address = false;
		assign(acts, device, driver, mechanism, event);
		device->bound = true;
	}
}

void foreign_acts_done(struct foreign_acts *acts)
{
	vec_foreach(device, &acts->devices) {
		free(device->override);
		free(device->driver);
		free(device->guests);
	}
	free(acts->devices.items);
	vec_foreach(list, &acts->ids) {
		free(list->driver);
		free(list->ids);
	}
	free(acts->ids.items);
	vec_foreach(numvfs, &acts->numvfs) {
		free(numvfs->path);
		free(numvfs->number);
	}
	free(acts->numvfs.items);
}

/* The line of the text; the caller's. */
static char *emitted_line(const struct foreign_emission *emission, unsigned line)
{
	const char *c = emission->text;

	if (emission->line)
		return xstrdup(emission->shown);
	for (unsigned i = 1; i < line; i++)
		c = text_next_line(c);
	return xstrndup(c, strcspn(c, "\n"));
}

struct foreign_setting *foreign_emit(const struct foreign_emission *emission,
				     enum foreign_effect effect, unsigned line, const char *driver)
{
	_cleanup_free_ char *text = emitted_line(emission, line);

	return foreign_file_add(emission->file, effect, emission->line ? emission->line : line,
				text, driver_canonical_name(driver));
}

/* The driver that a device is handed to guests with, or that the host has it on; NULL: that is nobody's news. */
static const char *driver_of(const struct foreign_acts *acts, const struct foreign_device *device)
{
	const char *driver = device->unsure && device->guests ? device->guests : device->driver;

	if (driver)
		return *driver ? driver : NULL;
	/* new_id takes what has no driver. */
	vec_foreach(list, &acts->ids)
		if (device->freed && list->mechanism == FOREIGN_BY_NEW_ID)
			return list->driver;
	return NULL;
}

static bool is_told_with(const struct foreign_device *first, const struct foreign_device *device)
{
	return first->line == device->line && first->mechanism == device->mechanism &&
	       first->group == device->group && first->unsure == device->unsure &&
	       first->short_address == device->short_address && !first->driver == !device->driver;
}

static void emit_device(const struct foreign_emission *emission, struct foreign_acts *acts,
			struct foreign_device *first)
{
	const char *driver = driver_of(acts, first);
	struct foreign_setting *setting;

	if (!driver)
		return;
	setting = foreign_emit(emission, FOREIGN_ADDRESSES, first->line, driver);
	setting->mechanism = first->driver ? first->mechanism : FOREIGN_BY_NEW_ID;
	setting->groups = first->group;
	setting->if_id = !first->driver;
	setting->unsure = first->unsure;
	if (first->short_address)
		setting->flaw =
			"the kernel knows a device by its address with the domain in front: "
			"nothing is done";
	for (struct foreign_device *device = first; device < acts->devices.items + acts->devices.n;
	     device++) {
		const char *other = device->told ? NULL : driver_of(acts, device);
		_cleanup_free_ char *value = NULL;

		if (!other || strcmp(other, driver) != 0 || !is_told_with(first, device))
			continue;
		device->told = true;
		value = xstrdup(PCI_ADDRESS_TEXT(&device->address));
		if (device->slot)
			value[strlen(value) - 1] = '*';
		strv_add_new(&setting->values, value);
	}
}

void foreign_emit_acts(const struct foreign_emission *emission, struct foreign_acts *acts)
{
	vec_foreach(device, &acts->devices)
		if (!device->told)
			emit_device(emission, acts, device);
	vec_foreach(list, &acts->ids) {
		struct foreign_setting *setting = foreign_emit(emission, FOREIGN_IDS, list->line,
							       list->driver);

		setting->mechanism = list->mechanism;
		foreign_add_values(setting, list->ids, ",");
	}
	vec_foreach(numvfs, &acts->numvfs) {
		_cleanup_free_ char *text = emitted_line(emission, numvfs->line);

		foreign_add_numvfs(emission->file, emission->line ? emission->line : numvfs->line,
				   text, numvfs->path, numvfs->number);
	}
	if (acts->untold)
		foreign_emit(emission, FOREIGN_ADDRESSES, acts->untold, "vfio-pci");
}
