/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/policy.h"
#include "parse/config_space.h"
#include "render/secrets.h"

enum method {
	METHOD_WORDS,   /* comments go, and of the rest what scrub_words() says */
	METHOD_WHOLE,   /* stays: the distribution or the firmware made it, and it names nobody */
	METHOD_OPTIONS, /* of a kernel's configuration the lines with options that have no text */
	METHOD_CONFIG_SPACE, /* the header and the serial number */
	METHOD_ROUTES,       /* addresses in hexadecimal */
	METHOD_VARIABLE,     /* of EFI: attributes and text in UTF-16 */
};

#define SHORT_NUMBERS                  \
	{                              \
		.decimal = 5, .hex = 4 \
	}
#define KERNEL_NUMBERS                   \
	{                                \
		.decimal = 20, .hex = 16 \
	}

/* The first row whose pattern fits counts; '*' matches '/', too. */
static const struct kind {
	const char *pattern;
	enum method method;
	struct scrub_limits limits;
} kinds[] = {
	{"*lib/modules/*/config", METHOD_OPTIONS, {}},
	{"boot/config-*", METHOD_OPTIONS, {}},
	{"proc/config.gz", METHOD_OPTIONS, {}},
	{"lib/modules/*/modules.*", METHOD_WHOLE, {}},
	{"usr/lib/modules/*/modules.*", METHOD_WHOLE, {}},
	{"usr/share/*/pci.ids", METHOD_WHOLE, {}},
	{"var/lib/pciutils/pci.ids", METHOD_WHOLE, {}},
	{"sys/firmware/acpi/tables/*", METHOD_WHOLE, {}},
	{"sys/firmware/efi/efivars/*", METHOD_VARIABLE, {}},
	{"sys/devices/*/config", METHOD_CONFIG_SPACE, {}},
	/* The kernel's own numbers: ids, counts, places in memory. */
	{"sys/devices/*/class", METHOD_WORDS, KERNEL_NUMBERS},
	{"sys/devices/*/modalias", METHOD_WORDS, KERNEL_NUMBERS},
	{"sys/devices/*/resource", METHOD_WORDS, KERNEL_NUMBERS},
	{"sys/devices/*/uevent", METHOD_WORDS, KERNEL_NUMBERS},
	{"sys/kernel/iommu_groups/*/reserved_regions", METHOD_WORDS, KERNEL_NUMBERS},
	{"proc/interrupts", METHOD_WORDS, {.decimal = 20, .hex = 4}},
	{"proc/iomem", METHOD_WORDS, KERNEL_NUMBERS},
	{"proc/net/route", METHOD_ROUTES, SHORT_NUMBERS},
	{"proc/net/ipv6_route", METHOD_ROUTES, SHORT_NUMBERS},
	/* It has times in milliseconds. */
	{"run/vfio-prepare/boot.json", METHOD_WORDS, {.decimal = 10, .hex = 4, .json = true}},
	{"*", METHOD_WORDS, SHORT_NUMBERS},
};

static const struct kind *kind_of(const char *path)
{
	const struct kind *kind = kinds;

	while (fnmatch(kind->pattern, path, 0) != 0)
		kind++;
	return kind;
}

char *scrub_secrets(const char *path, const char *bytes, size_t length, size_t *ret_length)
{
	enum method method = kind_of(path)->method;
	struct buf buf = {};

	if (method == METHOD_WORDS || method == METHOD_OPTIONS || method == METHOD_ROUTES)
		return hide_secrets(bytes, length, ret_length);
	buf_add_n(&buf, bytes, length);
	*ret_length = buf.length;
	return buf_take(&buf);
}

/* Adds a text, scrubbed. */
static void add_words(struct buf *buf, struct scrub *scrub, const struct scrub_limits *limits,
		      const char *text, size_t n)
{
	_cleanup_free_ char *words = scrub_words(scrub, limits, text, n, &n);

	buf_add_n(buf, words, n);
}

/* Comments of files that this program writes have nothing of anyone's, and the files have to be what it would write. */
static void add_text(struct buf *buf, struct scrub *scrub, const struct kind *kind,
		     const char *text, size_t length)
{
	bool ours = length >= strlen(FILE_HEADER) && text_starts_with(text, FILE_HEADER);

	for (const char *c = text, *end = text + length; c < end;) {
		const char *newline = memchr(c, '\n', (size_t)(end - c));
		size_t n = (size_t)((newline ? newline + 1 : end) - c), blanks = 0;

		while (blanks < n && isblank((unsigned char)c[blanks]))
			blanks++;
		if (blanks < n && !ours && !kind->limits.json &&
		    ((c[blanks] == '#' && c[blanks + 1] != '!') ||
		     (c[blanks] == ';' && c[blanks + 1] != ';'))) {
			buf_add_n(buf, c, blanks + 1);
			buf_add(buf, newline ? "\n" : "");
		} else {
			add_words(buf, scrub, &kind->limits, c, n);
		}
		c += n;
	}
}

/* Does it have control characters that no text has? */
static bool is_binary(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (iscntrl((unsigned char)bytes[i]) && !isspace((unsigned char)bytes[i]) &&
		    bytes[i] != '\0' && bytes[i] != '\033')
			return true;
	return false;
}

/* "CONFIG_VFIO_PCI=m", "# CONFIG_KEXEC is not set"; not names of hosts, of versions and of files with keys. */
static void add_options(struct buf *buf, const char *text, size_t length)
{
	_cleanup_free_ char *copy = xstrndup(text, length);

	for (char *line = copy, *next; *line; line = next) {
		char *value = strchr(line, '=');

		next = (char *)text_next_line(line);
		if (text_starts_with(line, "# CONFIG_") ||
		    (text_starts_with(line, "CONFIG_") && value && value < next &&
		     value[strspn(value, "=ymn")] == '\n'))
			buf_add_n(buf, line, (size_t)(next - line));
	}
}

/* The bytes of so many hexadecimal digits. */
static void read_bytes(const char *digits, uint8_t *ret, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t byte = 0;

		number_parse_n(digits + 2 * i, 2, 16, 0xff, &byte);
		ret[i] = (uint8_t)byte;
	}
}

/*
 * Of IPv4 the second and the third field, least byte first; of IPv6 each of 32 digits. Zero stands for any
 * address.
 */
static void add_routes(struct buf *buf, struct scrub *scrub, const struct kind *kind,
		       const char *text, size_t length)
{
	for (const char *c = text, *end = text + length, *line = c; c < end;) {
		size_t n = strcspn(c, " \t\n"), digits = span(c, c + n, isxdigit), field = 0;
		struct ip ip = {};
		uint8_t bytes[4];

		for (const char *before = line; before < c; before++)
			field += *before == '\t';
		if (digits != n || (n > 8 && n != 32)) {
			add_words(buf, scrub, &kind->limits, c, n);
		} else if (strspn(c, "0") >= n || n < 8 || (n == 8 && field != 1 && field != 2)) {
			buf_add_n(buf, c, n);
		} else if (n == 32) {
			read_bytes(c, ip.bytes, sizeof(ip.bytes));
			ip = scrub_ip(scrub, &ip);
			for (size_t i = 0; i < sizeof(ip.bytes); i++)
				buf_addf(buf, "%02x", ip.bytes[i]);
		} else {
			read_bytes(c, bytes, sizeof(bytes));
			ip = ip_of_4((uint8_t[]){bytes[3], bytes[2], bytes[1], bytes[0]});
			ip = scrub_ip(scrub, &ip);
			buf_addf(buf, "%02X%02X%02X%02X", ip.bytes[15], ip.bytes[14], ip.bytes[13],
				 ip.bytes[12]);
		}
		c += n;
		buf_add_n(buf, c, c < end);
		line = c < end && *c == '\n' ? c + 1 : line;
		c += c < end;
	}
}

/* Where the capability of a serial number has to stand that no other leads to (PCIe base specification, 7.6.1). */
#define FIRST_CAPABILITY 256

static void add_config_space(struct buf *buf, struct scrub *scrub, const char *bytes, size_t length)
{
	static const unsigned char capability[] = {0x03, 0x00, 0x01, 0x00};
	_cleanup_free_ unsigned char *config = xcalloc(length + 1, 1);
	_cleanup_free_ char *text = NULL, *scrubbed = NULL;
	size_t n;
	uint64_t serial;

	memcpy(config, bytes, length < PCI_CONFIG_HEADER_BYTES ? length : PCI_CONFIG_HEADER_BYTES);
	if (config_space_is_silent((const unsigned char *)bytes, length))
		memset(config, 0xff, length);
	else if (config_space_serial((const unsigned char *)bytes, length, &serial, NULL)) {
		text = serial_text(serial);
		scrubbed = scrub_words(scrub, &scrub_short, text, strlen(text), &n);
		if (serial_parse(scrubbed, &serial) == 0) {
			memcpy(config + FIRST_CAPABILITY, capability, sizeof(capability));
			for (size_t i = 0; i < sizeof(serial); i++)
				config[FIRST_CAPABILITY + sizeof(capability) + i] =
					(unsigned char)(serial >> 8 * i);
		}
	}
	buf_add_n(buf, (const char *)config, length);
}

#define ATTRIBUTE_BYTES 4 /* in front of the value (Documentation/filesystems/efivarfs.rst) */

static void add_variable(struct buf *buf, struct scrub *scrub, const char *bytes, size_t length)
{
	struct buf text = {};
	_cleanup_free_ char *words = NULL;
	size_t n;

	for (size_t i = ATTRIBUTE_BYTES; i + 1 < length; i += 2)
		buf_add_n(&text, bytes[i + 1] ? "?" : &bytes[i], 1);
	words = scrub_words(scrub, &scrub_short, buf_text(&text), text.length, &n);
	buf_done(&text);
	buf_add_n(buf, bytes, length < ATTRIBUTE_BYTES ? length : ATTRIBUTE_BYTES);
	for (size_t i = 0; i < n; i++) {
		buf_add_n(buf, &words[i], 1);
		buf_add_n(buf, "", 1);
	}
}

char *scrub_file(struct scrub *scrub, const char *path, const char *bytes, size_t length,
		 size_t *ret_length)
{
	const struct kind *kind = kind_of(path);
	struct buf buf = {};

	switch (kind->method) {
	case METHOD_WHOLE:
		buf_add_n(&buf, bytes, length);
		break;
	case METHOD_OPTIONS:
		add_options(&buf, bytes, length);
		break;
	case METHOD_CONFIG_SPACE:
		add_config_space(&buf, scrub, bytes, length);
		break;
	case METHOD_ROUTES:
		add_routes(&buf, scrub, kind, bytes, length);
		break;
	case METHOD_VARIABLE:
		add_variable(&buf, scrub, bytes, length);
		break;
	case METHOD_WORDS:
		if (!is_binary(bytes, length))
			add_text(&buf, scrub, kind, bytes, length);
		break;
	}
	*ret_length = buf.length;
	return buf_take(&buf);
}

char *scrub_path(struct scrub *scrub, const char *path)
{
	size_t n;

	return scrub_words(scrub, &scrub_short, path, strlen(path), &n);
}
