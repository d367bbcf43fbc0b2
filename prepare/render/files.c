/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/files.h"

#include "base/buf.h"

char *render_modprobe(const struct module_policy *policy)
{
	struct buf buf = {};

	if (policy->ids.n) {
		buf_add(&buf, "options vfio-pci ids=");
		for (size_t i = 0; i < policy->ids.n; i++)
			buf_addf(&buf, "%s%s", i ? "," : "", policy->ids.items[i]);
		buf_add(&buf, "\n");
	}
	if (policy->unsafe_interrupts)
		buf_add(&buf, "options vfio_iommu_type1 allow_unsafe_interrupts=1\n");
	for (size_t i = 0; i < policy->blacklist.n; i++)
		buf_addf(&buf, "blacklist %s\n", policy->blacklist.items[i]);
	for (size_t i = 0; i < policy->softdeps.n; i++)
		buf_addf(&buf, "softdep %s pre: vfio-pci\n", policy->softdeps.items[i]);
	if (buf.length) {
		_cleanup_free_ char *lines = buf_take(&buf);

		buf_addf(&buf, FILE_HEADER "%s", lines);
	}
	return buf_take(&buf);
}

char *render_modules_load(const struct module_policy *policy)
{
	struct buf buf = {};

	if (policy->load.n)
		buf_add(&buf, FILE_HEADER);
	for (size_t i = 0; i < policy->load.n; i++)
		buf_addf(&buf, "%s\n", policy->load.items[i]);
	return buf_take(&buf);
}

char *render_guarded(const struct guarded_list *guarded)
{
	struct buf buf = {};

	if (guarded->n)
		buf_add(&buf, FILE_HEADER);
	vec_foreach(function, guarded)
		buf_addf(&buf, "%s %04x:%04x\n", PCI_ADDRESS_TEXT(&function->address),
			 (unsigned)function->id.vendor, (unsigned)function->id.device);
	return buf_take(&buf);
}
