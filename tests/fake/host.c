/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "fake/archive.h"
#include "fake/kernel.h"

struct host *host_new(void)
{
	struct host *host = xcalloc(1, sizeof(*host));

	host->kernel = xstrdup("6.1.0-fake");
	host->cmdline = xstrdup("");
	return host;
}

static void function_done(struct function *function)
{
	free(function->address);
	free(function->below);
	free(function->driver);
	free(function->override);
	free(function->serial);
	free(function->physfn);
	free(function->vga);
	free(function->consumer);
	free(function->reset);
	free(function->bars);
	free(function->vf);
}

static void block_done(struct block *block)
{
	free(block->name);
	free(block->dm);
	free(block->file);
	free(block->type);
	free(block->uuid);
	free(block->label);
	free(block->partuuid);
	free(block->partlabel);
	strv_done(&block->on);
	strv_done(&block->slaves);
}

void host_free(struct host *host)
{
	vec_foreach(module, &host->modules) {
		free(module->name);
		free(module->needs);
		free(module->init);
	}
	vec_foreach(driver, &host->drivers) {
		free(driver->name);
		free(driver->module);
		free(driver->probe);
		free(driver->sriov);
		strv_done(&driver->aliases);
	}
	vec_foreach(function, &host->functions)
		function_done(function);
	vec_foreach(block, &host->blocks)
		block_done(block);
	vec_foreach(mount, &host->mounts) {
		free(mount->source);
		free(mount->target);
		free(mount->type);
	}
	vec_foreach(net, &host->nets) {
		free(net->name);
		free(net->on);
		strv_done(&net->lower);
	}
	vec_foreach(entry, &host->entries) {
		free(entry->path);
		free(entry->target);
		free(entry->text);
	}
	free(host->modules.items);
	free(host->drivers.items);
	free(host->functions.items);
	free(host->blocks.items);
	free(host->mounts.items);
	free(host->nets.items);
	free(host->entries.items);
	strv_done(&host->swaps);
	strv_done(&host->iommu);
	strv_done(&host->tables);
	free(host->captured);
	free(host->kernel);
	free(host->cmdline);
	free(host);
}

/* --- statements --- */

struct context {
	struct host *host;
	const struct script *script;
	const struct statement *statement;
};

#define wrong(context, ...) script_die((context)->script, (context)->statement, __VA_ARGS__)

static const char *word(const struct context *context, size_t index)
{
	if (index >= context->statement->words.n)
		wrong(context, "a word is missing");
	return context->statement->words.items[index];
}

static void set_text(char **target, const char *text)
{
	free(*target);
	*target = xstrdup_null(text);
}

static void set_words(const struct context *context, struct strv *target, const char *none)
{
	strv_done(target);
	for (size_t i = 1; i < context->statement->words.n; i++)
		if (strcmp(word(context, i), none) != 0)
			strv_add(target, word(context, i));
}

/* The file lies beside the script. */
static void add_captured(const struct context *context)
{
	const char *script = context->script->path, *slash = strrchr(script, '/');

	free(context->host->captured);
	context->host->captured = xasprintf("%.*s/%s", slash ? (int)(slash - script) : 1,
					    slash ? script : ".", word(context, 1));
}

static void add_kernel(const struct context *context)
{
	set_text(&context->host->kernel, word(context, 1));
}

static void add_cmdline(const struct context *context)
{
	set_text(&context->host->cmdline, context->statement->rest);
}

static void add_iommu(const struct context *context)
{
	set_words(context, &context->host->iommu, "off");
	context->host->no_groups = !context->host->iommu.n;
}

static void add_tables(const struct context *context)
{
	set_words(context, &context->host->tables, "none");
}

static void check_errno(const struct context *context, const char *name)
{
	if (name && !errno_number(name))
		wrong(context, "\"%s\" is no error", name);
}

static void add_module(const struct context *context)
{
	const char *name = word(context, 1);
	struct module *module = NULL;

	vec_foreach(known, &context->host->modules)
		if (strcmp(known->name, name) == 0)
			module = known;
	if (!module) {
		module = vec_add(&context->host->modules);
		module->name = xstrdup(name);
	}
	check_errno(context, statement_option(context->statement, "init"));
	set_text(&module->needs, statement_option(context->statement, "needs"));
	set_text(&module->init, statement_option(context->statement, "init"));
	module->loaded = statement_option(context->statement, "loaded");
	module->builtin = statement_option(context->statement, "builtin");
}

static void add_driver(const struct context *context)
{
	const char *name = word(context, 1),
		   *module = statement_option(context->statement, "module");
	struct driver *driver = NULL;

	vec_foreach(known, &context->host->drivers)
		if (strcmp(known->name, name) == 0)
			driver = known;
	if (!driver) {
		driver = vec_add(&context->host->drivers);
		driver->name = xstrdup(name);
	}
	if (!module)
		wrong(context, "module= is missing");
	check_errno(context, statement_option(context->statement, "probe"));
	set_text(&driver->module, module);
	set_text(&driver->probe, statement_option(context->statement, "probe"));
	set_text(&driver->sriov, statement_option(context->statement, "sriov"));
	strv_done(&driver->aliases);
	for (size_t i = 2; i < context->statement->words.n; i++)
		if (strchr(word(context, i), ':'))
			strv_add(&driver->aliases, word(context, i));
}

static int number(const char *text)
{
	return strcmp(text, "none") == 0 ? -1 : atoi(text);
}

static void set_key(const struct context *context, struct function *function, const char *key,
		    const char *value)
{
	const char *name = strcmp(value, "none") == 0 ? NULL : value;

	if (strcmp(key, "below") == 0)
		set_text(&function->below, name);
	else if (strcmp(key, "driver") == 0)
		set_text(&function->driver, name);
	else if (strcmp(key, "override") == 0)
		set_text(&function->override, name);
	else if (strcmp(key, "serial") == 0)
		set_text(&function->serial, name);
	else if (strcmp(key, "physfn") == 0)
		set_text(&function->physfn, name);
	else if (strcmp(key, "vga") == 0)
		set_text(&function->vga, name);
	else if (strcmp(key, "consumer") == 0)
		set_text(&function->consumer, name);
	else if (strcmp(key, "vf") == 0)
		set_text(&function->vf, name);
	else if (strcmp(key, "bars") == 0)
		set_text(&function->bars, value);
	else if (strcmp(key, "reset") == 0)
		set_text(&function->reset, value);
	else if (strcmp(key, "class") == 0)
		function->class = (unsigned)strtoul(value, NULL, 16);
	else if (strcmp(key, "rev") == 0)
		function->revision = (unsigned)strtoul(value, NULL, 16);
	else if (strcmp(key, "group") == 0)
		function->group = number(value);
	else if (strcmp(key, "numa") == 0)
		function->numa = number(value);
	else if (strcmp(key, "vfs") == 0)
		function->vfs = number(value);
	else if (strcmp(key, "id") == 0) {
		if (sscanf(value, "%x:%x", &function->vendor, &function->device) != 2)
			wrong(context, "\"%s\" is not VENDOR:DEVICE", value);
	} else if (strcmp(key, "subsystem") == 0) {
		if (sscanf(value, "%x:%x", &function->subvendor, &function->subdevice) != 2)
			wrong(context, "\"%s\" is not VENDOR:DEVICE", value);
	} else {
		wrong(context, "a function has no \"%s\"", key);
	}
}

static void set_keys(const struct context *context, struct function *function, size_t first)
{
	for (size_t i = first; i < context->statement->words.n; i++) {
		_cleanup_free_ char *key = xstrdup(word(context, i));
		char *value = strchr(key, '=');

		if (!value)
			wrong(context, "\"%s\" is not KEY=VALUE", key);
		*value++ = '\0';
		set_key(context, function, key, value);
	}
}

static struct function *find_function(const struct host *host, const char *address)
{
	vec_foreach(function, &host->functions)
		if (strcmp(function->address, address) == 0)
			return function;
	return NULL;
}

const struct function *host_function(const struct host *host, const char *address)
{
	return find_function(host, address);
}

/* id: which word of the statement is VENDOR:DEVICE; the keys follow it */
static struct function *new_function(const struct context *context, const char *address, size_t id)
{
	struct function *function = vec_add(&context->host->functions);

	*function =
		(struct function){.address = xstrdup(address), .group = -1, .numa = -1, .vfs = -1};
	set_key(context, function, "id", word(context, id));
	set_keys(context, function, id + 1);
	return function;
}

static void add_function(const struct context *context)
{
	if (find_function(context->host, word(context, 1)))
		wrong(context, "there is a function %s; use set", word(context, 1));
	new_function(context, word(context, 1), 2);
}

static void add_functions(const struct context *context)
{
	unsigned domain, bus, slot;

	if (sscanf(word(context, 2), "%x:%x:%x.0", &domain, &bus, &slot) != 3)
		wrong(context, "\"%s\" is no address", word(context, 2));
	for (int i = 0; i < number(word(context, 1)); i++) {
		unsigned place = bus * 32 + slot + (unsigned)i;
		_cleanup_free_ char *address = xasprintf("%04x:%02x:%02x.0", domain, place / 32,
							 place % 32);
		struct function *function = new_function(context, address, 3);

		if (function->group >= 0)
			function->group += i;
		if (strchr(word(context, 3), '+'))
			function->device += (unsigned)i;
	}
}

static struct function *known_function(const struct context *context)
{
	struct function *function = find_function(context->host, word(context, 1));

	if (!function)
		wrong(context, "there is no function %s", word(context, 1));
	return function;
}

static void add_set(const struct context *context)
{
	set_keys(context, known_function(context), 2);
}

static void add_absent(const struct context *context)
{
	struct function *function = known_function(context);
	size_t index = (size_t)(function - context->host->functions.items);

	function_done(function);
	context->host->functions.n--;
	memmove(function, function + 1, (context->host->functions.n - index) * sizeof(*function));
}

static void set_list(struct strv *target, const char *list)
{
	strv_done(target);
	strv_split(target, list ? list : "", ",");
}

const struct block *host_block(const struct host *host, const char *name)
{
	vec_foreach(block, &host->blocks)
		if (strcmp(block->name, name) == 0)
			return block;
	return NULL;
}

static char *option(const struct context *context, const char *name)
{
	return xstrdup_null(statement_option(context->statement, name));
}

/* A second statement of the same name says all of it anew. */
static void add_block(const struct context *context)
{
	struct block *block = NULL;

	vec_foreach(known, &context->host->blocks)
		if (strcmp(known->name, word(context, 1)) == 0)
			block = known;
	if (!block)
		block = vec_add(&context->host->blocks);
	block_done(block);
	*block = (struct block){
		.name = xstrdup(word(context, 1)),
		.dm = option(context, "dm"),
		.file = option(context, "file"),
		.type = option(context, "type"),
		.uuid = option(context, "uuid"),
		.label = option(context, "label"),
		.partuuid = option(context, "partuuid"),
		.partlabel = option(context, "partlabel"),
		.table = statement_option(context->statement, "table"),
		.claimed = statement_option(context->statement, "claimed"),
		.unread = statement_option(context->statement, "unread"),
	};
	set_list(&block->on, statement_option(context->statement, "on"));
	set_list(&block->slaves, statement_option(context->statement, "slaves"));
}

static void add_mount(const struct context *context)
{
	struct mounted *mount = vec_add(&context->host->mounts);

	mount->source = xstrdup(word(context, 1));
	mount->target = xstrdup(word(context, 2));
	mount->type = xstrdup(word(context, 3));
}

static void add_swap(const struct context *context)
{
	strv_add(&context->host->swaps, word(context, 1));
}

static void add_interface(const struct context *context)
{
	struct net *net = vec_add(&context->host->nets);

	net->name = xstrdup(word(context, 1));
	net->on = xstrdup_null(statement_option(context->statement, "on"));
	set_list(&net->lower, statement_option(context->statement, "lower"));
	net->up = statement_option(context->statement, "up");
	net->enabled = statement_option(context->statement, "enabled");
	net->route = statement_option(context->statement, "route");
	net->route6 = statement_option(context->statement, "route6");
}

/* The text of a file without its C escapes and newlines. */
static char *unescaped(const char *text, size_t *ret_length)
{
	char *ret = xcalloc(strlen(text) + 1, 1), *end = ret;

	for (const char *c = text; *c; c++) {
		unsigned byte;

		if (*c == '\n')
			continue;
		if (*c != '\\') {
			*end++ = *c;
		} else if (c[1] == 'x' && sscanf(c + 2, "%2x", &byte) == 1) {
			*end++ = (char)byte;
			c += 3;
		} else if (c[1] == 'n') {
			*end++ = '\n';
			c++;
		} else {
			*end++ = *++c;
		}
	}
	*ret_length = (size_t)(end - ret);
	return ret;
}

static void repeat(struct entry *entry, int n)
{
	struct buf buf = {};

	for (int i = 1; i <= n; i++)
		for (size_t j = 0; j < entry->length; j++) {
			if (entry->text[j] == '@')
				buf_addf(&buf, "%d", i);
			else
				buf_add_n(&buf, &entry->text[j], 1);
		}
	free(entry->text);
	entry->length = buf.length;
	entry->text = buf_take(&buf);
}

static struct entry *add_entry(const struct context *context, enum entry_kind kind,
			       const char *path)
{
	struct entry *entry = vec_add(&context->host->entries);

	*entry = (struct entry){
		.kind = kind, .path = xstrdup(path), .mode = 0644, .owner = -1, .time = -1};
	return entry;
}

static void fill_file(const struct context *context, struct entry *entry)
{
	const struct statement *statement = context->statement;
	const char *mode = statement_option(statement, "mode"),
		   *owner = statement_option(statement, "owner"),
		   *time = statement_option(statement, "time");
	const char *size = statement_option(statement, "size"),
		   *times = statement_option(statement, "repeat");

	entry->text = statement_option(statement, "escapes")
			      ? unescaped(statement->text ? statement->text : "", &entry->length)
			      : xstrdup(statement->text ? statement->text : "");
	if (!statement_option(statement, "escapes"))
		entry->length = strlen(entry->text);
	if (times)
		repeat(entry, atoi(times));
	if (mode)
		entry->mode = (unsigned)strtoul(mode, NULL, 8);
	if (owner)
		entry->owner = atol(owner);
	if (time)
		entry->time = atol(time);
	if (size)
		entry->size = strtoul(size, NULL, 10);
}

static void add_file(const struct context *context)
{
	fill_file(context, add_entry(context, ENTRY_FILE, word(context, 1)));
}

static void add_profile(const struct context *context)
{
	fill_file(context, add_entry(context, ENTRY_FILE, "/etc/vfio-prepare/profile.conf"));
}

/* The text of a file that the host has; ends the process if there is none. */
static const struct entry *earlier_file(const struct context *context, const char *path)
{
	for (size_t i = context->host->entries.n; i > 0; i--) {
		const struct entry *entry = &context->host->entries.items[i - 1];

		if (entry->kind == ENTRY_FILE && strcmp(entry->path, path) == 0)
			return entry;
	}
	script_die(context->script, context->statement, "no file %s before this", path);
}

/* "NAME", "NAME = TEXT", "NAME < PATH" or "NAME -> TARGET" */
static void add_to_archive(const struct context *context, struct buf *archive, char *line)
{
	char *operator= strchr(line, ' '), *value = operator? strchr(operator+ 1, ' ') : NULL;
	const struct entry *file;

	if (!operator|| !value) {
		archive_add_file(archive, line, NULL);
		return;
	}
	*operator++ = '\0';
	*value++ = '\0';
	if (strcmp(operator, "=") == 0) {
		_cleanup_free_ char *text = xasprintf("%s\n", value);

		archive_add_file(archive, line, text);
	} else if (strcmp(operator, "<") == 0) {
		file = earlier_file(context, value);
		archive_add(archive, &(struct archive_entry){.name = line,
							     .bytes = file->text,
							     .length = file->length});
	} else if (strcmp(operator, "->") == 0) {
		archive_add(archive, &(struct archive_entry){.name = line,
							     .mode = S_IFLNK | 0777,
							     .bytes = value,
							     .length = strlen(value)});
	} else {
		script_die(context->script, context->statement,
			   "\"%s\" is none of =, < and ->", operator);
	}
}

static void add_image(const struct context *context)
{
	const struct statement *statement = context->statement;
	const char *compression = statement_option(statement, "compress"),
		   *cut = statement_option(statement, "cut"),
		   *unified = statement_option(statement, "unified");
	_cleanup_free_ char *lines = xstrdup(statement->text ? statement->text : "");
	char *position = lines, *line;
	struct buf archive = {}, image = {};
	struct entry *entry;

	while ((line = strsep(&position, "\n")))
		if (*line)
			add_to_archive(context, &archive, line);
	archive_end(&archive);
	if (compression && !archive_compress(&archive, compression))
		script_die(context->script, context->statement, "no compression \"%s\"",
			   compression);
	if (statement_option(statement, "microcode"))
		archive_add_microcode(&image);
	buf_add_n(&image, buf_text(&archive), archive.length);
	buf_done(&archive);
	if (unified) {
		_cleanup_free_ char *cmdline = xstrdup(unified);

		for (char *c = cmdline; *c; c++)
			if (*c == ';')
				*c = ' ';
		archive_unify(&image, cmdline);
	}
	entry = add_entry(context, ENTRY_FILE, word(context, 1));
	entry->length = image.length - (cut ? strtoul(cut, NULL, 10) : 0);
	entry->text = buf_take(&image);
}

static void add_link(const struct context *context)
{
	add_entry(context, ENTRY_LINK, word(context, 1))->target = xstrdup(word(context, 2));
}

static void add_fifo(const struct context *context)
{
	add_entry(context, ENTRY_FIFO, word(context, 1));
}

static void add_directory(const struct context *context)
{
	add_entry(context, ENTRY_DIRECTORY, word(context, 1));
}

static void add_remove(const struct context *context)
{
	add_entry(context, ENTRY_REMOVE, word(context, 1));
}

bool host_add(struct host *host, const struct script *script, const struct statement *statement)
{
	static const struct {
		const char *name;
		void (*add)(const struct context *);
	} verbs[] = {{"captured", add_captured},   {"kernel", add_kernel},
		     {"cmdline", add_cmdline},     {"iommu", add_iommu},
		     {"tables", add_tables},       {"module", add_module},
		     {"driver", add_driver},       {"function", add_function},
		     {"functions", add_functions}, {"set", add_set},
		     {"absent", add_absent},       {"block", add_block},
		     {"mount", add_mount},         {"swap", add_swap},
		     {"interface", add_interface}, {"file", add_file},
		     {"image", add_image},         {"profile", add_profile},
		     {"link", add_link},           {"fifo", add_fifo},
		     {"directory", add_directory}, {"remove", add_remove}};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, statement->words.items[0]) == 0) {
			verbs[i].add(&(struct context){host, script, statement});
			return true;
		}
	return false;
}

void host_read(struct host *host, const char *path)
{
	struct script script;

	script_read(path, &script);
	vec_foreach(statement, &script)
		if (!host_add(host, &script, statement))
			script_die(&script, statement, "a host has no \"%s\"",
				   statement->words.items[0]);
	script_done(&script);
}
