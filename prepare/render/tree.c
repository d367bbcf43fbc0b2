/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/tree.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/text.h"

#define NONE SIZE_MAX
/* So many virtual functions that are alike get one line. */
#define ALIKE_MIN 3

enum column { PLACE, GROUP, DRIVER, OFFER, SECTION, GUARDS, NAME, N_COLUMNS };

static const char *const titles[N_COLUMNS] = {"ADDRESS", "GROUP",  "DRIVER", "ASSIGNABLE",
					      "SECTION", "GUARDS", "NAME"};

/* Select graphic rendition (ECMA-48). */
enum colour { PLAIN, FAINT, GREEN, RED };
static const char *const escapes[] = {[FAINT] = "2", [GREEN] = "32", [RED] = "31"};

struct line {
	char *cells[N_COLUMNS];
	enum colour colour;
};

struct tree {
	const struct inventory *inventory;
	const struct list_entry *entries;
	const struct terminal *terminal;
	/* Beside the functions; NONE: there is none. At the index behind them: the root's first child. */
	size_t *parent, *first, *next;
	bool *visible;
	VEC(struct line);
};

/* --- who stands below whom -------------------------------------------------------------------- */

static int compare_paths(const void *a, const void *b)
{
	const struct pci_function *f = *(const struct pci_function *const *)a;
	const struct pci_function *g = *(const struct pci_function *const *)b;

	return strcmp(f->port_path, g->port_path);
}

/* The port above a function: its path is that of the function without the last step. */
static size_t port_above(const struct tree *tree, const struct pci_function **paths, size_t n,
			 const struct pci_function *function)
{
	const char *last = function->port_path ? strrchr(function->port_path, '/') : NULL;
	_cleanup_free_ char *above = last ? xstrndup(function->port_path,
						     (size_t)(last - function->port_path))
					  : NULL;
	const struct pci_function key = {.port_path = above}, *wanted = &key, **found;

	if (!above || !n)
		return NONE;
	found = bsearch(&wanted, paths, n, sizeof(*paths), compare_paths);
	/* Nothing is behind a virtual function, so that in a broken tree, too, none is below itself. */
	return found && !(*found)->is_vf ? (size_t)(*found - tree->inventory->items) : NONE;
}

static size_t physical_of(const struct tree *tree, const struct pci_function *function)
{
	const struct pci_function *physical = function->is_vf ? inventory_find(tree->inventory,
									       &function->physfn)
							      : NULL;

	return physical && !physical->is_vf ? (size_t)(physical - tree->inventory->items) : NONE;
}

static void find_parents(struct tree *tree)
{
	const struct inventory *inventory = tree->inventory;
	size_t n = inventory->n, n_paths = 0;
	_cleanup_free_ const struct pci_function **paths = xcalloc(n, sizeof(const void *));

	vec_foreach(function, inventory)
		if (function->port_path)
			paths[n_paths++] = function;
	if (n_paths)
		qsort(paths, n_paths, sizeof(*paths), compare_paths);
	for (size_t i = 0; i < n; i++) {
		const struct pci_function *function = &inventory->items[i];
		size_t parent = physical_of(tree, function);

		if (parent == NONE)
			parent = port_above(tree, paths, n_paths, function);
		tree->parent[i] = parent == NONE ? n : parent;
	}
	for (size_t i = 0; i <= n; i++)
		tree->first[i] = NONE;
	for (size_t i = n; i-- > 0;) {
		tree->next[i] = tree->first[tree->parent[i]];
		tree->first[tree->parent[i]] = i;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; tree->entries[i].shown && j < n && !tree->visible[j];
		     j = tree->parent[j])
			tree->visible[j] = true;
}

/* --- lines ------------------------------------------------------------------------------------ */

static bool same_list(const struct strv *a, const struct strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static bool are_alike(const struct tree *tree, size_t i, size_t j)
{
	const struct pci_function *a = &tree->inventory->items[i], *b = &tree->inventory->items[j];
	const struct list_entry *x = &tree->entries[i], *y = &tree->entries[j];

	return a->is_vf && b->is_vf && tree->first[i] == NONE && tree->first[j] == NONE &&
	       a->vendor == b->vendor && a->device == b->device && a->unknown == b->unknown &&
	       text_same(a->driver, b->driver) && text_same(x->section, y->section) &&
	       same_list(&x->guards, &y->guards) &&
	       (!x->offer || !y->offer || x->offer->when == y->offer->when);
}

static size_t next_visible(const struct tree *tree, size_t i)
{
	while (i != NONE && !tree->visible[i])
		i = tree->next[i];
	return i;
}

/* How many from there on are alike, at least one; *ret_last: the last of them. */
static size_t count_alike(const struct tree *tree, size_t i, size_t *ret_last)
{
	size_t n = 1, last = i;

	for (size_t j = next_visible(tree, tree->next[i]); j != NONE && are_alike(tree, i, j);
	     j = next_visible(tree, tree->next[j])) {
		last = j;
		n++;
	}
	*ret_last = n >= ALIKE_MIN ? last : i;
	return n >= ALIKE_MIN ? n : 1;
}

static char *group_text(const struct pci_function *first, const struct pci_function *last)
{
	if (first->iommu_group < 0)
		return xstrdup("-");
	if (first->iommu_group == last->iommu_group)
		return xasprintf("%d", first->iommu_group);
	return xasprintf("%d-%d", first->iommu_group, last->iommu_group);
}

static char *name_text(const struct pci_function *function, size_t n_alike)
{
	_cleanup_free_ char *ids = function->unknown & FUNCTION_IDS
					   ? xstrdup("?")
					   : xasprintf("%04x:%04x", function->vendor,
						       function->device);
	const char *kind = function->unknown & FUNCTION_CLASS ? "" : text_class(function->class);

	return xasprintf("%s%s%s%s%s%s", kind, *kind ? " " : "", ids, function->name ? " " : "",
			 function->name ? function->name : "", n_alike > 1 ? " (each)" : "");
}

static void add_line(struct tree *tree, char *place, size_t i, size_t last, size_t n_alike)
{
	const struct pci_function *function = &tree->inventory->items[i];
	const struct list_entry *entry = &tree->entries[i];
	struct line *line = vec_add(tree);

	line->cells[PLACE] = place;
	line->cells[GROUP] = group_text(function, &tree->inventory->items[last]);
	line->cells[DRIVER] = xstrdup(function->driver ? function->driver : "-");
	line->cells[OFFER] = xstrdup(entry->offer ? offer_names[entry->offer->when] : "");
	line->cells[SECTION] = entry->section ? xasprintf("[%s]", entry->section) : xstrdup("");
	line->cells[GUARDS] = strv_join(&entry->guards, ",");
	line->cells[NAME] = name_text(function, n_alike);
	if (entry->section)
		line->colour = GREEN;
	else if (entry->guards.n)
		line->colour = RED;
	else if (!entry->shown || function_is_bridge(function))
		line->colour = FAINT;
}

static void add_children(struct tree *tree, size_t parent, const char *indent);

/* One function, or several that are alike, and what is below it. */
static size_t add_function(struct tree *tree, size_t i, const char *indent, bool is_last_known,
			   bool is_last)
{
	static const char *const ascii[] = {"|-- ", "`-- ", "|   "}, *const drawn[] = {"├─ ", "└─ ",
										       "│  "};
	const char *const *shapes = tree->terminal->utf8 ? drawn : ascii;
	const struct pci_function *functions = tree->inventory->items;
	size_t last, n = count_alike(tree, i, &last), next = next_visible(tree, tree->next[last]);
	_cleanup_free_ char *below = NULL;
	char *place;

	if (!is_last_known)
		is_last = next == NONE;
	place = n > 1 ? xasprintf("%s%s%s and %zu more, to %s", indent, shapes[is_last],
				  PCI_ADDRESS_TEXT(&functions[i].address), n - 1,
				  PCI_ADDRESS_TEXT(&functions[last].address))
		      : xasprintf("%s%s%s", indent, shapes[is_last],
				  PCI_ADDRESS_TEXT(&functions[i].address));
	add_line(tree, place, i, last, n);
	below = xasprintf("%s%s", indent,
			  is_last ? (tree->terminal->utf8 ? "   " : "    ") : shapes[2]);
	add_children(tree, i, below);
	return next;
}

static void add_children(struct tree *tree, size_t parent, const char *indent)
{
	for (size_t i = next_visible(tree, tree->first[parent]); i != NONE;)
		i = add_function(tree, i, indent, false, false);
}

static bool same_bus(const struct pci_function *a, const struct pci_function *b)
{
	return a->address.domain == b->address.domain && a->address.bus == b->address.bus;
}

/* The functions that no port is above, each root bus under a line of its own. */
static void add_roots(struct tree *tree)
{
	const struct pci_function *functions = tree->inventory->items, *bus = NULL;

	for (size_t i = next_visible(tree, tree->first[tree->inventory->n]); i != NONE;) {
		size_t next = next_visible(tree, tree->next[i]);

		if (!bus || !same_bus(bus, &functions[i])) {
			struct line *line = vec_add(tree);

			bus = &functions[i];
			line->cells[PLACE] = xasprintf("%04x:%02x", bus->address.domain,
						       bus->address.bus);
			line->cells[NAME] = bus->numa_node < 0
						    ? xstrdup("")
						    : xasprintf("NUMA node %d", bus->numa_node);
			for (int column = GROUP; column < NAME; column++)
				line->cells[column] = xstrdup("");
		}
		i = add_function(tree, i, "", true,
				 next == NONE || !same_bus(bus, &functions[next]));
	}
}

/* --- text ------------------------------------------------------------------------------------- */

/* Adds a cell and blanks up to width; what is beyond *left columns is cut. */
static void add_cell(struct buf *buf, const char *text, size_t width, size_t *left)
{
	size_t columns = text_columns(text), fits = text_bytes_of(text, *left);

	buf_add_n(buf, text, fits);
	*left -= columns < *left ? columns : *left;
	for (; columns < width && *left; columns++, (*left)--)
		buf_add(buf, " ");
}

static void print_line(struct buf *buf, const struct line *line, const size_t *widths,
		       const struct terminal *terminal)
{
	_cleanup_(buf_done) struct buf text = {};
	_cleanup_free_ char *visible = NULL;
	size_t left = terminal->width ? terminal->width : SIZE_MAX, length;
	bool coloured = terminal->colour && line->colour != PLAIN;

	for (int column = 0; column < N_COLUMNS; column++)
		if (widths[column])
			add_cell(&text, line->cells[column],
				 widths[column] + (column == NAME ? 0 : 2), &left);
	visible = text_visible(buf_text(&text), "");
	length = strlen(visible);
	while (length && visible[length - 1] == ' ')
		length--;
	if (coloured)
		buf_addf(buf, "\033[%sm", escapes[line->colour]);
	buf_add_n(buf, visible, length);
	buf_add(buf, coloured ? "\033[0m\n" : "\n");
}

/* The first line has the titles. A column of which nothing is known on this host takes no room. */
static char *print_tree(const struct tree *tree)
{
	size_t widths[N_COLUMNS] = {};
	struct buf buf = {};

	for (size_t i = tree->n; i-- > 0;)
		for (int column = 0; column < N_COLUMNS; column++) {
			size_t columns = text_columns(tree->items[i].cells[column]);

			if (columns > widths[column] && (i > 0 || widths[column]))
				widths[column] = columns;
		}
	for (size_t i = 0; i < tree->n && tree->n > 1; i++)
		print_line(&buf, &tree->items[i], widths, tree->terminal);
	return buf_take(&buf);
}

char *render_tree(const struct inventory *inventory, const struct list_entry *entries,
		  const struct terminal *terminal)
{
	size_t n = inventory->n;
	_cleanup_free_ size_t *parent = xcalloc(n + 1, sizeof(*parent)),
			      *first = xcalloc(n + 1, sizeof(*first)),
			      *next = xcalloc(n + 1, sizeof(*next));
	_cleanup_free_ bool *visible = xcalloc(n + 1, sizeof(*visible));
	struct tree tree = {.inventory = inventory,
			    .entries = entries,
			    .terminal = terminal,
			    .parent = parent,
			    .first = first,
			    .next = next,
			    .visible = visible};
	struct line *first_line = vec_add(&tree);
	char *text;

	for (int column = 0; column < N_COLUMNS; column++)
		first_line->cells[column] = xstrdup(titles[column]);
	find_parents(&tree);
	add_roots(&tree);
	text = print_tree(&tree);
	vec_foreach(line, &tree)
		for (int column = 0; column < N_COLUMNS; column++)
			free(line->cells[column]);
	free(tree.items);
	return text;
}
