/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions of guests: which devices whoever starts the guest brings to a driver, or expects there. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/address.h"
#include "parse/foreign.h"
#include "parse/lines.h"

static struct foreign_setting *add_guest(const struct foreign_file *file, unsigned line,
					 const char *text, const char *driver)
{
	return foreign_file_add(file, FOREIGN_ADDRESSES, line, text, driver);
}

/* --- libvirt ------------------------------------------------------------------------------------ */

/* The value of an attribute in the tag that begins at c; NULL: it has none. */
static char *attribute(const char *c, const char *name)
{
	const char *end = c + strcspn(c, ">");
	size_t length = strlen(name);

	for (; (c = strstr(c, name)) && c < end; c += length) {
		const char *value = c + length + strspn(c + length, " \t\n");

		if (!isspace((unsigned char)c[-1]) || *value != '=')
			continue;
		value++;
		value += strspn(value, " \t\n");
		if (*value == '"' || *value == '\'')
			return xstrndup(value + 1, strcspn(value + 1, *value == '"' ? "\"" : "'"));
	}
	return NULL;
}

static bool is_attribute(const char *c, const char *name, const char *wanted)
{
	_cleanup_free_ char *value = attribute(c, name);

	return value && strcmp(value, wanted) == 0;
}

static bool is_tag(const char *c, const char *name)
{
	size_t length = strlen(name);

	return strncmp(c, name, length) == 0 &&
	       (isspace((unsigned char)c[length]) || c[length] == '>' || c[length] == '/');
}

/* domain='0x0000' bus='0x0e' slot='0x00' function='0x0'; false: it is no such address. */
static bool read_source(const char *tag, struct pci_address *ret)
{
	static const struct {
		const char *name;
		uint64_t max;
	} fields[] = {{"domain", UINT32_MAX}, {"bus", 0xff}, {"slot", 0x1f}, {"function", 7}};
	uint64_t values[ARRAY_SIZE(fields)] = {};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		_cleanup_free_ char *text = attribute(tag, fields[i].name);
		bool hex = text && strncmp(text, "0x", 2) == 0;

		if (!text && i == 0)
			continue;
		if (!text || number_parse(text + (hex ? 2 : 0), hex ? 16 : 10, fields[i].max,
					  &values[i]) < 0)
			return false;
	}
	*ret = (struct pci_address){(uint32_t)values[0], (uint8_t)values[1], (uint8_t)values[2],
				    (uint8_t)values[3]};
	return true;
}

static void add_hostdev(const struct foreign_file *file, unsigned line, const char *device,
			const char *address)
{
	_cleanup_free_ char *managed = attribute(device, "managed");
	bool is_managed = managed && strcmp(managed, "yes") == 0;
	struct pci_address parsed;
	struct foreign_setting *setting;

	if (!read_source(address, &parsed))
		return;
	setting = add_guest(file, line,
			    is_managed ? "hostdev managed='yes'" : "hostdev managed='no'",
			    "vfio-pci");
	strv_add(&setting->values, PCI_ADDRESS_TEXT(&parsed));
	if (is_managed)
		setting->mechanism = FOREIGN_BY_LIBVIRT;
	else
		setting->flaw = "libvirt does not bind it: managed='no'";
}

void foreign_parse_domain(const struct foreign_file *file)
{
	const char *device = NULL; /* the tag of a device of the host that is open */
	bool in_source = false;
	unsigned line = 1;

	for (const char *c = file->text; *c; c++) {
		const char *end = strncmp(c, "<!--", 4) == 0 ? strstr(c, "-->") : NULL;

		for (; end && c < end; c++)
			line += *c == '\n';
		line += *c == '\n';
		if (*c != '<')
			continue;
		if ((is_tag(c, "<hostdev") && is_attribute(c, "type", "pci")) ||
		    (is_tag(c, "<interface") && is_attribute(c, "type", "hostdev")))
			device = c;
		else if (is_tag(c, "</hostdev") || is_tag(c, "</interface"))
			device = NULL;
		else if (is_tag(c, "<source") || is_tag(c, "</source"))
			in_source = device && c[1] != '/' && c[strcspn(c, ">") - 1] != '/';
		else if (device && in_source && is_tag(c, "<address"))
			add_hostdev(file, line, device, c);
	}
}

/* --- QEMU's arguments, Proxmox VE, Xen -------------------------------------------------------------- */

/* -device vfio-pci,host=01:00.0, as libvirt, Proxmox VE and scripts pass it on. */
static void add_qemu_arguments(const struct foreign_file *file, unsigned line, const char *text)
{
	static const char start[] = "vfio-pci,";

	for (const char *c = text; (c = strstr(c, start)); c += strlen(start)) {
		const char *end = c + strcspn(c, " \t'\""), *host = strstr(c, "host=");
		_cleanup_free_ char *word = NULL;
		struct foreign_setting *setting;

		if (!host || host > end)
			continue;
		host += strlen("host=");
		word = xstrndup(host, strcspn(host, ", \t'\""));
		setting = add_guest(file, line, text, "vfio-pci");
		setting->flaw = "QEMU does not bind it";
		foreign_add_address(setting, word);
	}
}

/* "0000:01:00", all functions of the slot, or "01:00.0" */
static void add_slot(struct foreign_setting *setting, const char *word)
{
	_cleanup_free_ char *text = strchr(word, '.') ? xstrdup(word) : xasprintf("%s.*", word);

	foreign_add_address(setting, text);
}

/* hostpci0: 0000:01:00;0000:02:00.0,pcie=1, hostpci1: host=01:00.0, hostpci2: mapping=gpu */
static void add_hostpci(const struct foreign_file *file, unsigned line, const char *text)
{
	const char *value = strchr(text, ':') + 1;
	_cleanup_(strv_done) struct strv words = {}, slots = {};
	struct foreign_setting *setting;

	strv_split(&words, value, ", \t");
	vec_foreach(word, &words) {
		const char *host = text_starts_with(*word, "host=") ? *word + 5 : *word;

		if (!strchr(host, '=') && strchr(host, ':'))
			strv_split(&slots, host, ";");
	}
	if (!slots.n)
		return;
	setting = add_guest(file, line, text, "vfio-pci");
	vec_foreach(slot, &slots)
		add_slot(setting, *slot);
}

void foreign_parse_proxmox_guest(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	/* Sections behind the guest are its snapshots. */
	while (lines_next(&lines) && lines.text[0] != '[') {
		if (text_starts_with(lines.text, "hostpci") && strchr(lines.text, ':'))
			add_hostpci(file, lines.first, lines.text);
		else if (text_starts_with(lines.text, "args:"))
			add_qemu_arguments(file, lines.first, lines.text);
	}
}

/* "map id=10de:2204,iommugroup=12,node=pve,path=0000:01:00;0000:01:00.1" */
void foreign_parse_proxmox_mapping(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines)) {
		const char *text = lines.text + strspn(lines.text, " \t");
		const char *path = strstr(text, "path=");
		_cleanup_(strv_done) struct strv slots = {};
		struct foreign_setting *setting;

		if (!text_starts_with(text, "map ") || !path)
			continue;
		strv_split(&slots, path + strlen("path="), ";,");
		setting = add_guest(file, lines.first, text, "vfio-pci");
		vec_foreach(slot, &slots)
			if (strchr(*slot, '='))
				break;
			else
				add_slot(setting, *slot);
	}
}

/* pci = [ '01:00.0,permissive=1', "0000:02:00.0@5" ], on one line or several: xl.cfg(5) */
void foreign_parse_xen_guest(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	bool inside = false;

	while (lines_next(&lines)) {
		const char *text = lines.text + strspn(lines.text, " \t"), *c = text;
		struct foreign_setting *setting = NULL;

		if (*text == '#')
			continue;
		inside = inside ||
			 (strncmp(text, "pci", 3) == 0 && text[3 + strspn(text + 3, " \t")] == '=');
		while (inside && (c = strpbrk(c, "'\"]")) && *c != ']') {
			size_t length = strcspn(c + 1, *c == '"' ? "\"" : "'");
			_cleanup_free_ char *word = xstrndup(c + 1, length);

			word[strcspn(word, ",@ ")] = '\0';
			setting = setting ? setting : add_guest(file, lines.first, text, "pciback");
			foreign_add_address(setting, word);
			c += length + (c[length + 1] ? 2 : 1);
		}
		inside = inside && !strchr(text, ']');
	}
}

/* ":00.0" */
static bool has_address(const char *line)
{
	for (const char *c = line; (c = strchr(c, ':')); c++)
		if (isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2]) && c[3] == '.')
			return true;
	return false;
}

char *foreign_guest_excerpt(const char *text)
{
	static const char *const kept[] = {"hostdev", "interface", "source",  "<address",
					   "<!--",    "-->",       "hostpci", "args:",
					   "map ",    "pci",       "[",       "]"};
	_cleanup_(lines_done) struct lines lines = {.rest = text};
	struct buf buf = {};

	while (lines_next(&lines)) {
		bool keep = has_address(lines.text);

		for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
			keep = keep || strstr(lines.text, kept[i]);
		for (unsigned n = lines.first; n < lines.last; n++)
			buf_add(&buf, "\n");
		buf_addf(&buf, "%s\n", keep ? lines.text : "");
	}
	return buf_take(&buf);
}
