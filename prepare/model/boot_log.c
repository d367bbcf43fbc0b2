/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot_log.h"

#include "base/text.h"

const char *const boot_phase_names[N_BOOT_PHASES] = {
	[BOOT_PHASE_EARLY] = "early",     [BOOT_PHASE_PREMOUNT] = "premount",
	[BOOT_PHASE_SYSTEM] = "system",   [BOOT_PHASE_HOTPLUG] = "hotplug",
	[BOOT_PHASE_MANUAL] = "manual",   [BOOT_PHASE_RELEASE] = "release",
	[BOOT_PHASE_UNKNOWN] = "unknown",
};

enum boot_phase boot_phase_parse(const char *name)
{
	int phase = TEXT_INDEX(boot_phase_names, name);

	return phase < 0 ? BOOT_PHASE_UNKNOWN : (enum boot_phase)phase;
}

bool boot_phase_is_by_hand(enum boot_phase phase)
{
	return phase == BOOT_PHASE_MANUAL || phase == BOOT_PHASE_RELEASE;
}

static void logged_phase_done(struct logged_phase *phase)
{
	outcomes_done(&phase->outcomes);
	free(phase->findings.items);
}

void boot_log_done(struct boot_log *log)
{
	vec_foreach(phase, log)
		logged_phase_done(phase);
	free(log->items);
	bindings_done(&log->bindings);
	strv_done(&log->texts);
	*log = (struct boot_log){};
}

const char *boot_log_text(struct boot_log *log, const char *text)
{
	if (!text)
		return NULL;
	strv_add(&log->texts, text);
	return log->texts.items[log->texts.n - 1];
}

void boot_log_drop(struct boot_log *log, size_t index)
{
	logged_phase_done(&log->items[index]);
	log->n--;
	for (; index < log->n; index++)
		log->items[index] = log->items[index + 1];
}

void bindings_done(struct bindings *bindings)
{
	free(bindings->items);
	free(bindings->released.items);
	*bindings = (struct bindings){};
}

const struct binding *bindings_find(const struct bindings *bindings,
				    const struct pci_address *address)
{
	return vec_find(bindings, address, pci_address_order);
}

void bindings_remove(struct bindings *bindings, const struct pci_address *address)
{
	const struct binding *binding = bindings_find(bindings, address);

	if (!binding)
		return;
	bindings->n--;
	for (size_t i = (size_t)(binding - bindings->items); i < bindings->n; i++)
		bindings->items[i] = bindings->items[i + 1];
}

void bindings_set(struct bindings *bindings, const struct pci_address *address, const char *section,
		  const char *driver)
{
	bindings_remove(bindings, address);
	*vec_add(bindings) = (struct binding){*address, section ? section : "", driver};
	vec_sort(bindings, pci_address_order);
}

bool bindings_has_released(const struct bindings *bindings, const struct pci_address *address)
{
	vec_foreach(released, &bindings->released)
		if (pci_address_compare(released, address) == 0)
			return true;
	return false;
}

void bindings_set_released(struct bindings *bindings, const struct pci_address *address,
			   bool released)
{
	size_t n = 0;

	vec_foreach(other, &bindings->released)
		if (pci_address_compare(other, address) != 0)
			bindings->released.items[n++] = *other;
	bindings->released.n = n;
	if (released)
		*vec_add(&bindings->released) = *address;
}

const char *const reason_words[] = {
	[REASON_COMMAND] = "command ",
	[REASON_ARGUMENT] = "argument ",
	[REASON_DEVICE] = "device ",
	[REASON_OTHER] = "",
};

void restart_reasons_done(struct restart_reasons *reasons)
{
	vec_foreach(reason, reasons)
		free(reason->text);
	free(reasons->items);
	*reasons = (struct restart_reasons){};
}

void restart_reasons_add(struct restart_reasons *reasons, enum reason_kind kind, const char *text)
{
	*vec_add(reasons) = (struct restart_reason){.kind = kind,
						    .text = xasprintf("%s%s", reason_words[kind],
								      text)};
}

void restart_reasons_add_device(struct restart_reasons *reasons, const struct pci_address *address)
{
	restart_reasons_add(reasons, REASON_DEVICE, PCI_ADDRESS_TEXT(address));
	reasons->items[reasons->n - 1].address = *address;
}
