/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of udev(7): which devices they give a driver_override, run something for, or tag for vfio-pci-bind. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign_programs.h"
#include "parse/foreign_vfs.h"
#include "parse/lines.h"
#include "parse/shell_words.h"
#include "parse/udev_rule.h"

/* github.com/andre-richter/vfio-pci-bind: its script is run for devices that other rules give this tag. */
#define BIND_TAG "vfio-pci-bind"

/* --- which devices a rule is for --------------------------------------------------------------------- */

/* Parts of an id, in the order of ids=; then names. */
enum part {
	PART_VENDOR,
	PART_DEVICE,
	PART_SUBVENDOR,
	PART_SUBDEVICE,
	PART_CLASS,
	PART_NAME,
	N_PARTS
};

struct subject {
	const char *parts[N_PARTS]; /* of the rule, or of one that a jump hangs on; NULL: any */
	bool never;                 /* it is for no device of PCI that is added */
	bool untold;                /* it hangs on more than that */
};

/* A jump over rules, up to a label. */
struct jump {
	char *label;
	struct udev_rule rule;
};

static const struct {
	const char *name;
	enum part part;
} identities[] = {
	{"KERNEL", PART_NAME},
	{"KERNELS", PART_NAME},
	{"ENV{PCI_SLOT_NAME}", PART_NAME},
	{"ATTR{vendor}", PART_VENDOR},
	{"ATTRS{vendor}", PART_VENDOR},
	{"ATTR{device}", PART_DEVICE},
	{"ATTRS{device}", PART_DEVICE},
	{"ATTR{subsystem_vendor}", PART_SUBVENDOR},
	{"ATTRS{subsystem_vendor}", PART_SUBVENDOR},
	{"ATTR{subsystem_device}", PART_SUBDEVICE},
	{"ATTRS{subsystem_device}", PART_SUBDEVICE},
	{"ATTR{class}", PART_CLASS},
	{"ATTRS{class}", PART_CLASS},
};

/* Is "pci", or what is added, among the words between bars? */
static bool has_word(const char *value, const char *word)
{
	return strcmp(value, "*") == 0 || strcmp(value, "?*") == 0 ||
	       text_list_has(value, '|', word);
}

/* Takes a condition in; not: the contrary of what stands there. */
static void add_condition(struct subject *subject, const struct udev_key *key, bool not )
{
	bool is = (key->operator== UDEV_IS) != not ;

	for (size_t i = 0; i < ARRAY_SIZE(identities); i++) {
		enum part part = identities[i].part;

		if (strcmp(key->name, identities[i].name) != 0)
			continue;
		subject->untold = subject->untold || !is ||
				  (subject->parts[part] &&
				   strcmp(subject->parts[part], key->value) != 0);
		subject->parts[part] = key->value;
		return;
	}
	if (strcmp(key->name, "SUBSYSTEM") == 0 || strcmp(key->name, "SUBSYSTEMS") == 0)
		subject->never = subject->never || has_word(key->value, "pci") != is;
	else if (strcmp(key->name, "ACTION") == 0)
		subject->never = subject->never || (has_word(key->value, "add") != is &&
						    has_word(key->value, "bind") != is &&
						    has_word(key->value, "change") != is);
	/* What is run for that tag is told with the rules that give it. */
	else if (strcmp(key->name, "TAG") == 0 && strcmp(key->value, BIND_TAG) == 0)
		subject->never = subject->never || is;
	/* Which driver the device has is no question of which device it is. */
	else if (strcmp(key->name, "DRIVER") != 0 && strcmp(key->name, "DRIVERS") != 0 &&
		 strncmp(key->name, "TEST", 4) != 0)
		subject->untold = true;
}

/* A jump is not made by those for which its rule is not: told, where that hangs on one condition. */
static void add_jump(struct subject *subject, const struct jump *jump)
{
	const struct udev_key *only = NULL;
	struct subject jumps = {};
	size_t n = 0;

	vec_foreach(key, &jump->rule) {
		if (key->operator== UDEV_SETS)
			continue;
		add_condition(&jumps, key, false);
		only = key;
		n++;
	}
	if (jumps.never)
		return;
	if (n == 1)
		add_condition(subject, only, true);
	else
		subject->untold = true;
}

/* "0x10de" as "10de", "0x0300*" as "30000:ffff00"; false: it is no such number. */
static bool add_part(struct buf *buf, enum part part, const char *value)
{
	size_t digits = strncmp(value, "0x", 2) == 0 ? strspn(value + 2, "0123456789abcdefABCDEF")
						     : 0;
	const char *end = value + 2 + digits;
	uint64_t number;

	if (part != PART_CLASS) {
		if (!digits || *end || digits > 4)
			return false;
		buf_addf(buf, ":%s", value + 2);
		return true;
	}
	if (!digits || digits > 6 || (*end && strcmp(end, "*") != 0) || (!*end && digits < 6) ||
	    number_parse_n(value + 2, digits, 16, 0xffffff, &number) < 0)
		return false;
	buf_addf(buf, ":%x:%x", (unsigned)number << 4 * (6 - digits),
		 (0xffffffU << 4 * (6 - digits)) & 0xffffffU);
	return true;
}

/* What ids= would be for the parts; NULL: it cannot be told. The caller's. */
static char *id_of(const struct subject *subject)
{
	_cleanup_(buf_done) struct buf buf = {};
	size_t last = PART_CLASS + 1;

	while (last && !subject->parts[last - 1])
		last--;
	for (size_t part = 0; part < last; part++)
		if (!subject->parts[part]) {
			buf_add(&buf, ":ffffffff");
		} else if (!add_part(&buf, (enum part)part, subject->parts[part])) {
			return NULL;
		}
	if (last == 1)
		buf_add(&buf, ":ffffffff");
	return buf.length ? xstrdup(buf.text + 1) : NULL;
}

/* Makes a setting mean the devices of a rule. */
static void set_subject(struct foreign_setting *setting, const struct subject *subject)
{
	bool any_id = false;
	_cleanup_(strv_done) struct strv names = {};
	_cleanup_free_ char *id = NULL;

	strv_done(&setting->values);
	for (size_t part = 0; part < PART_NAME; part++)
		any_id = any_id || subject->parts[part];
	id = any_id ? id_of(subject) : NULL;
	setting->effect = FOREIGN_ADDRESSES;
	if (subject->untold || (any_id && !id))
		return;
	if (!subject->parts[PART_NAME]) {
		setting->effect = id ? FOREIGN_IDS : FOREIGN_ADDRESSES;
		if (id)
			foreign_add_value(setting, id);
		return;
	}
	strv_split(&names, subject->parts[PART_NAME], "|");
	vec_foreach(name, &names) {
		_cleanup_free_ char *both = id ? xasprintf("%s|%s", *name, id) : NULL;
		const char *colon = strchr(*name, ':');

		if (strpbrk(*name, "*?["))
			foreign_add_value(setting, *name);
		else
			foreign_add_address(setting, both ? both : *name);
		if (colon && !strpbrk(colon + 1, ":*?["))
			setting->flaw = "udev's names of devices have a domain, so that the rule "
					"is for none";
	}
	/* A pattern has no room for an id. */
	if (id && strpbrk(subject->parts[PART_NAME], "*?["))
		strv_done(&setting->values);
}

/* --- what it does -------------------------------------------------------------------------------------- */

/* An address that no host has stands for the device of the rule in what it runs. */
#define SOME_DEVICE "ffff:ff:1f.7"
/* And an interface that has no such name for that of a rule of the network. */
#define SOME_INTERFACE "some-interface"

/* "%k", "$kernel", and the path in sysfs that ends in it. */
static const char *resolve(const void *userdata, const char *c, struct buf *word)
{
	static const struct {
		const char *text, *path;
	} known[] = {{"%k", ""},
		     {"$kernel", ""},
		     {"%b", ""},
		     {"$id", ""},
		     {"$name", ""},
		     {"$env{PCI_SLOT_NAME}", ""},
		     {"%E{PCI_SLOT_NAME}", ""},
		     {"%p", NULL},
		     {"$devpath", NULL}};
	const char *device = userdata,
		   *path = strchr(device, ':') ? "/devices/pci0000:00/" : "/devices/virtual/net/";
	size_t length;

	if (c[1] == c[0]) {
		buf_add_n(word, c, 1);
		return c + 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (text_starts_with(c, known[i].text)) {
			buf_addf(word, "%s%s", known[i].path ? known[i].path : path, device);
			return c + strlen(known[i].text);
		}
	/* A variable of the shell that it runs is udev's only where that knows it. */
	if (c[0] == '$' && !text_starts_with(c, "$attr{") && !text_starts_with(c, "$env{"))
		return NULL;
	buf_add(word, SHELL_UNKNOWN);
	length = 1 + strcspn(c + 1, "{ \"'");
	return c[length] == '{' ? c + length + shell_balanced(c + length, '{', '}')
				: c + (c[1] ? 2 : 1);
}

/* Follows commands in which the device of the rule is called so, as one script. */
static void follow(const struct foreign_file *file, unsigned line, const char *text,
		   const struct strv *commands, const char *device)
{
	struct buf script = {};

	vec_foreach(command, commands) {
		_cleanup_(strv_done) struct strv words = {};
		_cleanup_free_ char *quoted = NULL;

		foreign_split_command(*command, resolve, device, &words);
		quoted = foreign_quote(&words, 0);
		buf_addf(&script, "%s\n", quoted);
	}
	foreign_follow(file, "", buf_text(&script), line, text);
	buf_done(&script);
}

/* Adds a program to look into, which does not know the device that it is run for. */
static void add_program(const struct foreign_file *file, const char *program, const char *some)
{
	struct buf buf = {};
	const char *c = program, *next;

	for (; (next = strstr(c, some)); c = next + strlen(some)) {
		buf_add_n(&buf, c, (size_t)(next - c));
		buf_add(&buf, "'\"$(unknown)\"'");
	}
	buf_add(&buf, c);
	strv_take(file->programs, buf_take(&buf));
}

/* Puts those that the rule is for in the place of the device, or the interface, that stood for them. */
static void settle_some(struct foreign_setting *setting, const struct subject *subject,
			const char *whose)
{
	if (strv_contains(&setting->values, SOME_DEVICE)) {
		set_subject(setting, subject);
	} else if (setting->effect == FOREIGN_VFS && (strcmp(setting->name, SOME_DEVICE) == 0 ||
						      strcmp(setting->name, SOME_INTERFACE) == 0)) {
		free(setting->name);
		setting->name = foreign_shown(whose);
	}
}

/* Adds what commands do to the devices of the rule, and to others that it names. */
static void add_run(const struct foreign_file *file, unsigned line, const char *text,
		    const struct strv *commands, const struct subject *subject,
		    const struct foreign_whose *whose)
{
	const char *some = subject->never ? SOME_INTERFACE : SOME_DEVICE;
	_cleanup_(strv_done) struct strv programs = {}, names = {};
	struct foreign_file of_some = *file;
	struct foreign_setting whole = {};
	size_t from = file->foreign->n;

	set_subject(&whole, subject);
	vec_foreach(name, &whole.values)
		if (whole.effect == FOREIGN_ADDRESSES && !strpbrk(*name, "*?[|"))
			strv_add(&names, *name);
	if (subject->never && whose->by == WHOSE_NAME) {
		follow(file, line, text, commands, whose->name);
	} else if (names.n && names.n == whole.values.n && !subject->never) {
		vec_foreach(name, &names)
			follow(file, line, text, commands, *name);
	} else {
		of_some.programs = file->programs ? &programs : NULL;
		follow(&of_some, line, text, commands, some);
	}
	vec_foreach(program, &programs)
		add_program(file, *program, some);
	for (size_t i = from; i < file->foreign->n; i++)
		settle_some(&file->foreign->items[i], subject, whose->name ? whose->name : "");
	strv_done(&whole.values);
}

static void add_driver(const struct foreign_file *file, unsigned line, const char *text,
		       const char *driver, enum foreign_mechanism mechanism,
		       const struct subject *subject)
{
	struct foreign_setting *setting = foreign_file_add(file, FOREIGN_ADDRESSES, line, text,
							   driver_canonical_name(driver));

	set_subject(setting, subject);
	setting->mechanism = mechanism;
}

/* Whose virtual functions a rule means, by its conditions. */
static void take_whose(const struct udev_rule *rule, struct foreign_whose *ret)
{
	static const char *const names[] = {"INTERFACE",
					    "ENV{INTERFACE}",
					    "ENV{ID_NET_NAME}",
					    "ENV{ID_NET_NAME_PATH}",
					    "ENV{ID_NET_NAME_SLOT}",
					    "NAME",
					    "KERNEL",
					    "KERNELS"};
	static const char *const drivers[] = {"DRIVER", "DRIVERS", "ENV{ID_NET_DRIVER}"};

	vec_foreach(key, rule) {
		const char *value = key->value, *name = key->name;
		struct pci_address address;

		if (key->operator!= UDEV_IS || strchr(value, '|'))
			continue;
		if (strcmp(name, "ENV{ID_PATH}") == 0 && text_starts_with(value, "pci-"))
			foreign_whose_take(ret, WHOSE_ADDRESS, xstrdup(value + 4));
		else if (TEXT_IN(names, name) && pci_address_parse(value, &address) == 0)
			foreign_whose_take(ret, WHOSE_ADDRESS, xstrdup(value));
		else if (TEXT_IN(names, name) && !strchr(value, ':'))
			foreign_whose_take(ret, strpbrk(value, "*?[") ? WHOSE_PATTERN : WHOSE_NAME,
					   xstrdup(value));
		else if (TEXT_IN(drivers, name) && !strpbrk(value, "*?["))
			foreign_whose_take(ret, WHOSE_DRIVER, xasprintf("module %s", value));
		else if (strcmp(name, "ATTR{address}") == 0 || strcmp(name, "ATTRS{address}") == 0)
			foreign_whose_take_hardware(ret, value);
	}
}

static void add_effects(const struct foreign_file *file, unsigned line, const char *text,
			const struct udev_rule *rule, const struct subject *subject,
			const struct foreign_whose *whose)
{
	static const char *const runs[] = {"RUN", "RUN{program}", "PROGRAM", "IMPORT{program}"};
	static const char *const numbers[] = {"ATTR{device/sriov_numvfs}", "ATTR{sriov_numvfs}"};
	_cleanup_(strv_done) struct strv commands = {};

	vec_foreach(key, rule) {
		if (TEXT_IN(numbers, key->name) && key->operator== UDEV_SETS)
			foreign_add_vfs(file, line, text, whose->name ? whose->name : "",
					key->value);
		else if (subject->never && !TEXT_IN(runs, key->name))
			continue;
		else if (strcmp(key->name, "ATTR{driver_override}") == 0 &&
			 key->operator== UDEV_SETS && * key->value)
			add_driver(file, line, text, key->value, FOREIGN_BY_OVERRIDE, subject);
		else if (strcmp(key->name, "ATTR{remove}") == 0 &&
			 key->operator== UDEV_SETS && strcmp(key->value, "1") == 0)
			add_driver(file, line, text, "none", FOREIGN_BY_REMOVE, subject);
		else if (strcmp(key->name, "TAG") == 0 && key->operator== UDEV_SETS &&
								  strcmp(key->value, BIND_TAG) == 0)
			add_driver(file, line, text, "vfio-pci", FOREIGN_BY_OVERRIDE, subject);
		else if (TEXT_IN(runs, key->name))
			strv_add(&commands, key->value);
	}
	if (commands.n)
		add_run(file, line, text, &commands, subject, whose);
}

/* Is the rule for interfaces of the network? */
static bool is_of_net(const struct udev_rule *rule)
{
	vec_foreach(key, rule)
		if (strcmp(key->name, "SUBSYSTEM") == 0 && key->operator== UDEV_IS)
			return has_word(key->value, "net");
	return false;
}

struct jumps {
	VEC(struct jump);
};

/* Ends the jumps to a label. */
static void end_jumps(struct jumps *jumps, const char *label)
{
	size_t n = 0;

	vec_foreach(jump, jumps)
		if (!label || strcmp(jump->label, label) == 0) {
			free(jump->label);
			udev_rule_done(&jump->rule);
		} else {
			jumps->items[n++] = *jump;
		}
	jumps->n = n;
}

static void parse_rule(const struct foreign_file *file, unsigned line, const char *text,
		       struct jumps *jumps)
{
	struct udev_rule rule = {};
	struct subject subject = {};
	struct foreign_whose whose = {};
	const char *label, *target;

	if (!udev_rule_read(text, &rule)) {
		udev_rule_done(&rule);
		return;
	}
	label = udev_rule_sets(&rule, "LABEL");
	if (label)
		end_jumps(jumps, label);
	vec_foreach(jump, jumps)
		add_jump(&subject, jump);
	vec_foreach(key, &rule)
		if (key->operator!= UDEV_SETS)
			add_condition(&subject, key, false);
	take_whose(&rule, &whose);
	if (!subject.never || is_of_net(&rule))
		add_effects(file, line, text, &rule, &subject, &whose);
	free(whose.name);
	target = udev_rule_sets(&rule, "GOTO");
	if (target)
		*vec_add(jumps) = (struct jump){xstrdup(target), rule};
	else
		udev_rule_done(&rule);
}

void foreign_parse_udev(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct jumps jumps = {};

	while (lines_next(&lines))
		parse_rule(file, lines.first, lines.text, &jumps);
	end_jumps(&jumps, NULL);
	free(jumps.items);
}
