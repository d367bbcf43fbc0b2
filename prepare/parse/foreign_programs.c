/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/foreign_programs.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/foreign_acts.h"
#include "parse/lines.h"

#define MAX_PROGRAMS 64

typedef void program(struct foreign_acts *acts, const struct strv *words,
		     const struct shell_event *event);

/* modprobe [options] MODULE [PARAMETER...] */
static void do_modprobe(struct foreign_acts *acts, const struct strv *words,
			const struct shell_event *event)
{
	_cleanup_free_ char *module = NULL;

	for (size_t i = 1; i < words->n; i++) {
		const char *word = words->items[i];

		if (strcmp(word, "-r") == 0 || strcmp(word, "--remove") == 0)
			return;
		if (!module && word[0] != '-') {
			_cleanup_free_ char *name = xstrdup(word);
			const char *slash = strrchr(name, '/');

			name[strcspn(name, ".") > (size_t)(slash ? slash - name : 0)
				     ? strcspn(name, ".")
				     : strlen(name)] = '\0';
			module = module_of_driver(slash ? slash + 1 : name);
		} else if (module && module_is_for_guests(module) &&
			   text_starts_with(word, "ids=")) {
			foreign_add_ids(acts, word + 4, driver_canonical_name(module),
					FOREIGN_BY_IDS, event);
		}
	}
}

/* driverctl [options] set-override ADDRESS DRIVER */
static void do_driverctl(struct foreign_acts *acts, const struct strv *words,
			 const struct shell_event *event)
{
	for (size_t i = 1; i + 1 < words->n; i++) {
		struct strv address = {.items = words->items + i + 1, .n = 1};
		bool sets = strcmp(words->items[i], "set-override") == 0;

		if (sets && i + 2 < words->n)
			foreign_assign_words(acts, &address, 0, words->items[i + 2],
					     FOREIGN_BY_DRIVERCTL, event);
		else if (strcmp(words->items[i], "unset-override") == 0)
			foreign_assign_words(acts, &address, 0, "", FOREIGN_BY_DRIVERCTL, event);
	}
}

/* dpdk-devbind.py -b DRIVER ADDRESS...; --bind=DRIVER; -u takes a device from its driver */
static void do_devbind(struct foreign_acts *acts, const struct strv *words,
		       const struct shell_event *event)
{
	const char *driver = NULL;
	size_t i = 1;

	for (; i < words->n && words->items[i][0] == '-'; i++) {
		const char *word = words->items[i];

		if (text_starts_with(word, "--bind="))
			driver = word + strlen("--bind=");
		else if ((strcmp(word, "-b") == 0 || strcmp(word, "--bind") == 0) &&
			 i + 1 < words->n)
			driver = words->items[++i];
	}
	if (driver)
		foreign_assign_words(acts, words, i, driver, FOREIGN_BY_DEVBIND, event);
}

/* virsh [options] nodedev-detach DEVICE [--driver DRIVER]; nodedev-reattach DEVICE */
static void do_virsh(struct foreign_acts *acts, const struct strv *words,
		     const struct shell_event *event)
{
	static const char *const drivers[][2] = {{"vfio", "vfio-pci"},
						 {"kvm", "pci-stub"},
						 {"xen", "pciback"}};
	const char *driver = NULL, *device = NULL;

	for (size_t i = 1; i < words->n; i++) {
		const char *word = words->items[i];

		if (text_starts_with(word, "nodedev-detach") ||
		    text_starts_with(word, "nodedev-dettach"))
			driver = "vfio-pci";
		else if (strcmp(word, "nodedev-reattach") == 0)
			driver = "";
		else if (driver && strcmp(word, "--driver") == 0 && i + 1 < words->n)
			driver = words->items[++i];
		else if (driver && word[0] != '-')
			device = word;
	}
	for (size_t i = 0; i < ARRAY_SIZE(drivers) && driver; i++)
		if (strcmp(driver, drivers[i][0]) == 0)
			driver = drivers[i][1];
	if (device) {
		char *items[] = {(char *)device};

		foreign_assign_words(acts, &(struct strv){.items = items, .n = 1}, 0, driver,
				     FOREIGN_BY_LIBVIRT, event);
	}
}

/* A helper of a recipe, with the addresses; some take the id beside them. */
static void do_vfio_bind(struct foreign_acts *acts, const struct strv *words,
			 const struct shell_event *event)
{
	_cleanup_(strv_done) struct strv addresses = {};
	struct foreign_device device = {};
	struct foreign_id id;

	for (size_t i = 1; i < words->n; i++)
		if (foreign_take_address(words->items[i], &device) ||
		    foreign_id_parse(words->items[i], &id) < 0)
			strv_add(&addresses, words->items[i]);
	foreign_assign_words(acts, &addresses, 0, "vfio-pci",
			     strstr(words->items[0], "vfio-pci-bind") ? FOREIGN_BY_OVERRIDE
								      : FOREIGN_BY_NEW_ID,
			     event);
	for (size_t i = 1; i < words->n && !addresses.n; i++)
		foreign_add_ids(acts, words->items[i], "vfio-pci", FOREIGN_BY_OVERRIDE, event);
}

static void do_xl(struct foreign_acts *acts, const struct strv *words,
		  const struct shell_event *event)
{
	if (words->n > 2 && strcmp(words->items[1], "pci-assignable-add") == 0)
		foreign_assign_words(acts, words, 2, "pciback", FOREIGN_BY_OVERRIDE, event);
}

static const struct {
	const char *name;
	program *run;
} commands[] = {
	{"modprobe", do_modprobe},
	{"insmod", do_modprobe},
	{"driverctl", do_driverctl},
	{"dpdk-devbind.py", do_devbind},
	{"dpdk-devbind", do_devbind},
	{"dpdk_nic_bind.py", do_devbind},
	{"virsh", do_virsh},
	{"xl", do_xl},
	{"xm", do_xl},
	{"vfiobind", do_vfio_bind},
	{"vfio-bind", do_vfio_bind},
	{"vfio_bind", do_vfio_bind},
	{"vfio-bind.sh", do_vfio_bind},
	{"vfio-pci-bind.sh", do_vfio_bind},
	{"vfio-pci-bind", do_vfio_bind},
};

/* The address in a path of sysfs that ends in one of the names behind it, "" where there is none; the caller's. */
static char *address_above(const char *path, const char *behind)
{
	size_t length = strlen(path), n = strlen(behind);
	_cleanup_free_ char *front = NULL;
	struct foreign_device device = {};
	const char *name;

	while (length && path[length - 1] == '/')
		length--;
	if (length <= n || strncmp(path + length - n, behind, n) != 0)
		return xstrdup("");
	front = xstrndup(path, length - n);
	name = strrchr(front, '/');
	name = name ? name + 1 : front;
	return xstrdup(foreign_take_address(name, &device) && !device.group && !device.slot ? name
											    : "");
}

/* What a command prints of a device. */
static void print(const struct shell_event *event, const char *name, struct buf *output)
{
	static const char *const ids[] = {"/vendor", "/device"};
	const struct strv *words = event->words;
	const char *word = words->items[words->n - 1];
	_cleanup_free_ char *last = *word != '/' && event->directory
					    ? xasprintf("%s/%s", event->directory, word)
					    : xstrdup(word);
	bool lists = strcmp(name, "ls") == 0;
	struct foreign_device device = {};

	for (size_t i = 0; i < ARRAY_SIZE(ids) && strcmp(name, "cat") == 0; i++) {
		_cleanup_free_ char *address = address_above(last, ids[i]);

		if (*address)
			buf_addf(output, "%s%c", address, OF_DEVICE);
	}
	if (lists) {
		_cleanup_free_ char *address = address_above(last, "/iommu_group/devices");

		if (*address)
			buf_addf(output, "%s%c", address, OF_GROUP);
	}
	/* lspci -n -s ADDRESS, with whatever makes the ids of it. */
	for (size_t i = 1; i < words->n && strcmp(name, "lspci") == 0; i++)
		if (text_starts_with(words->items[i - 1], "-") &&
		    text_ends_with(words->items[i - 1], "s") &&
		    foreign_take_address(words->items[i], &device))
			buf_addf(output, "%s%c", words->items[i], OF_DEVICE);
}

/* What filters make of ids is taken for the ids. */
static bool is_filter(const char *name)
{
	static const char *const names[] = {"cut", "awk", "sed", "grep", "head", "tail", "xargs"};

	return TEXT_IN(names, name);
}

/* Has a program that is given a device looked into, wherever it may stand. */
static void add_helper(const struct foreign_acts *acts, const struct strv *words)
{
	static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					      "/usr/bin"};
	_cleanup_free_ char **items = xcalloc(words->n, sizeof(*items));
	struct strv moved = {.items = items, .n = words->n};
	struct foreign_device device = {};
	bool given = false;

	memcpy(items, words->items, words->n * sizeof(*items));
	for (size_t i = 1; i < words->n; i++)
		given = given || foreign_take_address(words->items[i], &device);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && given && !strchr(words->items[0], '/'); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folders[i], words->items[0]);

		items[0] = path;
		foreign_add_program(acts->file, &moved, acts->prelude);
	}
}

/* Does a line of a script name what brings devices to a driver, whatever it does with it? */
static bool rebinds(const char *line)
{
	static const char *const signs[] = {"/new_id",       "driver_override", "driverctl",
					    "vfiobind",      "vfio-bind",       "vfio_bind",
					    "vfio-pci-bind", "devbind",         "nodedev-det",
					    "vfio-pci/bind"};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strstr(line, signs[i]))
			return line[strspn(line, " \t")] != '#';
	return false;
}

/* The first line that rebinds devices by its words; 0: there is none. */
static unsigned telling_line(const char *text)
{
	_cleanup_(lines_done) struct lines lines = {.rest = text};

	while (lines_next(&lines))
		if (rebinds(lines.text))
			return lines.first;
	return 0;
}

/* Is it a program in another language that brings devices to a driver, or does it run a command that does? */
static bool hides_commands(const struct shell_event *event, const char *name)
{
	static const char *const runners[] = {"python", "python3",  "perl",        "ruby",
					      "xargs",  "parallel", "find",        "su",
					      "at",     "runuser",  "systemd-run", "flock",
					      "chroot", "nsenter"};
	bool hides = event->text && TEXT_IN(runners, name) && telling_line(event->text);

	for (size_t i = 0; i < event->words->n; i++)
		hides = hides || ((TEXT_IN(runners, name) || (!i && strpbrk(name, " \n"))) &&
				  telling_line(event->words->items[i]));
	return hides;
}

static void follow_event(void *userdata, const struct shell_event *event, struct buf *output)
{
	struct foreign_acts *acts = userdata;
	const char *word, *slash, *name;

	if (!event->words) {
		foreign_write(acts, event);
		return;
	}
	word = event->words->items[0];
	slash = strrchr(word, '/');
	name = slash ? slash + 1 : word;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		/* Without arguments, it is the script of somebody who has named it so. */
		if (strcmp(commands[i].name, name) == 0 && event->words->n > 1) {
			commands[i].run(acts, event->words, event);
			return;
		}
	if (hides_commands(event, name))
		foreign_add_untold(acts, "vfio-pci", event);
	if (is_filter(name) && event->text && strchr(event->text, OF_DEVICE))
		buf_add(output, event->text);
	print(event, name, output);
	if (word[0] == '/')
		foreign_add_program(acts->file, event->words, acts->prelude);
	else if (!output->length)
		add_helper(acts, event->words);
}

static bool follow_glob(void *userdata _unused_, const char *word, struct buf *ret)
{
	static const char all[] = "/iommu_group/devices/*";
	const char *slash = strrchr(word, '/');
	struct foreign_device device = {};
	_cleanup_free_ char *address = address_above(word, all);

	if (*address) {
		buf_addf(ret, "%.*s%s%c", (int)(strlen(word) - 1), word, address, OF_GROUP);
		return true;
	}
	buf_add(ret, word);
	return foreign_take_address(slash ? slash + 1 : word, &device) && device.slot;
}

void foreign_add_quoted(struct buf *buf, const char *word)
{
	buf_add(buf, "'");
	for (; *word; word++)
		if (*word == '\'')
			buf_add(buf, "'\\''");
		else if (*word == SHELL_UNKNOWN[0])
			buf_add(buf, "'\"$(unknown)\"'");
		else
			buf_add_n(buf, word, 1);
	buf_add(buf, "' ");
}

char *foreign_quote(const struct strv *words, size_t from)
{
	struct buf buf = {};

	for (size_t i = from; i < words->n; i++)
		foreign_add_quoted(&buf, words->items[i]);
	return buf_take(&buf);
}

void foreign_add_program(const struct foreign_file *file, const struct strv *words,
			 const char *environment)
{
	/* Programs of distributions, whose settings are read. */
	static const char *const known[] = {"/usr/lib/dpdk/dpdk-init", "/lib/dpdk/dpdk-init"};
	_cleanup_free_ char *arguments = foreign_quote(words, 1);

	if (!file->programs || file->programs->n >= MAX_PROGRAMS || TEXT_IN(known, words->items[0]))
		return;
	strv_take(file->programs,
		  xasprintf("%s\n%sset -- %s\n", words->items[0], environment ? environment : "",
			    arguments ? arguments : ""));
}

void foreign_follow(const struct foreign_file *file, const char *prelude, const char *text,
		    unsigned line, const char *shown)
{
	_cleanup_(foreign_acts_done) struct foreign_acts acts = {.file = file, .prelude = prelude};
	/* mkinitcpio's /init reads its hooks and calls these. */
	static const char *const hooks[] = {"run_earlyhook", "run_hook", "run_latehook", NULL};
	const struct shell_watcher watcher = {&acts, follow_event, follow_glob,
					      file->source == FOREIGN_MKINITCPIO && !line
						      ? hooks
						      : file->entries};
	const struct foreign_emission emission = {file, line ? text : shown, shown, line};
	bool foreign_language = text_starts_with(text, "#!") &&
				!memmem(text, strcspn(text, "\n"), "sh", 2);
	unsigned telling = telling_line(line ? text : shown);

	if (!foreign_language && shell_follow(prelude, text, &watcher) == 0)
		foreign_emit_acts(&emission, &acts);
	else if (telling)
		foreign_emit(&emission, FOREIGN_ADDRESSES, telling, "vfio-pci");
}

void foreign_split_command(const char *text,
			   const char *(*resolve)(const void *userdata, const char *c,
						  struct buf *word),
			   const void *userdata, struct strv *ret)
{
	struct buf word = {};
	char quote = '\0';
	bool any = false;

	for (const char *c = text;; c++) {
		const char *next = *c && strchr("%$", *c) ? resolve(userdata, c, &word) : NULL;
		char *space;

		if (next) {
			/* Without quotes, a variable may be several words. */
			while (!quote && word.length && (space = strpbrk(word.text, " \t"))) {
				strv_take(ret, xstrndup(word.text, (size_t)(space - word.text)));
				space += strspn(space, " \t");
				word.length = strlen(space);
				memmove(word.text, space, word.length + 1);
			}
			c = next - 1;
		} else if (!*c || (!quote && isspace((unsigned char)*c))) {
			if (any || word.length)
				strv_add(ret, buf_text(&word));
			buf_done(&word);
			any = false;
			if (!*c)
				break;
		} else if (quote ? *c == quote : *c == '"' || *c == '\'') {
			quote = quote ? '\0' : *c;
			any = true;
		} else if (*c == '\\' && c[1]) {
			buf_add_n(&word, ++c, 1);
		} else {
			buf_add_n(&word, c, 1);
		}
	}
	buf_done(&word);
}
