/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/passthrough.h"

#include "parse/kernel_args.h"
#include "support.h"

enum machine_kind { INTEL, AMD, ARM, GRACE };

static const struct row {
	const char *what, *wish; /* wish: the value of passthrough; NULL: no such line */
	enum machine_kind machine;
	const char *kernel, *running, *others, *ours;
	enum answer snp;
	bool capable;
	bool wanted;
	const char *finding, *remedy; /* NULL: none; a part of the remedy */
} rows[] = {
	{"Intel", NULL, INTEL, "6.1", "", "", "", ANSWER_UNKNOWN, false, true, NULL, NULL},
	{"an EPYC without SNP", NULL, AMD, "6.12", "", "", "", ANSWER_NO, false, true, NULL, NULL},
	{"SNP is off, and the processor has it", NULL, AMD, "6.12", "", "", "", ANSWER_NO, true,
	 true, NULL, NULL},
	{"SNP is on", NULL, AMD, "6.12", "", "", "", ANSWER_YES, true, false, NULL, NULL},
	{"SNP is on, and it is asked for", "yes", AMD, "6.12", "", "", "", ANSWER_YES, true, true,
	 "iommu=pt", "passthrough = auto"},
	{"SNP is asked for, and was lost", NULL, AMD, "6.12", "kvm_amd.sev_snp=1 iommu=pt",
	 "kvm_amd.sev_snp=1 iommu=pt", "", ANSWER_NO, true, false, "iommu=pt",
	 "remove iommu=pt from the kernel's arguments"},
	{"it was lost by an older version", NULL, AMD, "6.12", "kvm-amd.sev-snp=1 iommu=pt",
	 "kvm-amd.sev-snp=1", "iommu=pt", ANSWER_NO, true, false, "iommu=pt",
	 "vfio-prepare apply --rebuild"},
	{"the next boot asks for SNP", NULL, AMD, "6.12", "", "kvm_amd.sev_snp=on", "", ANSWER_NO,
	 true, false, NULL, NULL},
	{"SNP is refused", NULL, AMD, "6.12", "sev=debug,nosnp", "sev=debug,nosnp", "", ANSWER_NO,
	 true, true, NULL, NULL},
	{"SNP is refused by the parameter", NULL, AMD, "6.12", "kvm_amd.sev_snp=0",
	 "kvm_amd.sev_snp=0", "", ANSWER_NO, true, true, NULL, NULL},
	{"the page table that SNP cannot use", "no", AMD, "6.12", "", "amd_iommu=pgtbl_v2", "",
	 ANSWER_YES, true, false, "amd_iommu=pgtbl_v2",
	 "remove amd_iommu=pgtbl_v2 from the kernel's arguments"},
	{"a kernel that does both", NULL, AMD, "7.3", "iommu=pt", "iommu=pt", "", ANSWER_YES, true,
	 true, NULL, NULL},
	{"kvm_amd is not there yet", NULL, AMD, "6.12", "", "", "", ANSWER_UNKNOWN, true, false,
	 NULL, NULL},
	{"nor there, and passthrough is on", NULL, AMD, "6.12", "iommu=pt", "", "iommu=pt",
	 ANSWER_UNKNOWN, true, true, NULL, NULL},
	{"somebody wants the contrary", NULL, INTEL, "6.1", "iommu=nopt", "iommu=nopt", "",
	 ANSWER_UNKNOWN, false, false, NULL, NULL},
	{"and the profile does not", "yes", INTEL, "6.1", "iommu=nopt", "iommu=nopt", "",
	 ANSWER_UNKNOWN, false, true, NULL, NULL},
	{"Arm", NULL, ARM, "6.8", "", "", "", ANSWER_UNKNOWN, false, true, NULL, NULL},
	{"Grace", NULL, GRACE, "6.14", "", "", "", ANSWER_UNKNOWN, false, false, NULL, NULL},
	{"Grace, as its vendor wants it", NULL, GRACE, "6.14", "iommu.passthrough=0",
	 "iommu.passthrough=0", "", ANSWER_UNKNOWN, false, false, NULL, NULL},
	{"Grace, and it is asked for", "yes", GRACE, "6.14", "", "", "", ANSWER_UNKNOWN, false,
	 true, "iommu.passthrough=1", "passthrough = auto"},
};

static void make(const struct row *row, struct inventory *inventory)
{
	static const char *const tables[] = {
		[INTEL] = "DMAR", [AMD] = "IVRS", [ARM] = "IORT", [GRACE] = "IORT"};
	struct pci_function *function = vec_add(inventory);

	function->vendor = row->machine == GRACE ? 0x10de : 0x8086;
	function->class = 0x060400;
	inventory->kernel = xstrdup(row->kernel);
	inventory->platform.snp = row->snp;
	inventory->platform.snp_capable = row->capable;
	strv_add(&inventory->firmware_tables, tables[row->machine]);
	kernel_args_parse(row->running, &inventory->args);
}

/* modprobe.d says what is wanted where SNP is off. */
TEST(in_modprobe_d)
{
	static const struct {
		const char *value;
		bool capable, wanted;
	} options[] = {{"1", true, false},
		       {"", true, false},
		       {"0", true, true},
		       {"1", false, true}};
	struct row row = rows[2];

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		struct bootloader bootloader = {.kind = BOOTLOADER_GRUB, .others_known = true};
		struct inventory inventory = {};
		struct profile profile;

		row.capable = options[i].capable;
		profile_from("[device x]\naddress = 01:00.0\n", &profile);
		make(&row, &inventory);
		foreign_add_value(foreign_add(&inventory.foreign, FOREIGN_MODPROBE, FOREIGN_OPTION,
					      "/etc/modprobe.d/kvm.conf", 1, "",
					      FOREIGN_SNP_OPTION),
				  options[i].value);
		check_int(options[i].value, passthrough_wanted(&profile, &inventory, &bootloader),
			  options[i].wanted);
		inventory_done(&inventory);
		profile_done(&profile);
	}
}

TEST(hosts)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct bootloader bootloader = {.kind = BOOTLOADER_GRUB, .others_known = true};
		struct findings findings = {};
		struct inventory inventory = {};
		struct profile profile;
		_cleanup_free_ char *text = xasprintf("[iommu]\n%s%s\n",
						      row->wish ? "passthrough = " : "",
						      row->wish ? row->wish : "");

		profile_from(text, &profile);
		make(row, &inventory);
		kernel_args_parse(row->others, &bootloader.others);
		strv_split(&bootloader.ours, row->ours, " ");
		check_int(row->what, passthrough_wanted(&profile, &inventory, &bootloader),
			  row->wanted);
		passthrough_check(&profile, &inventory, &bootloader, &findings);
		check_int(row->what, findings.n, row->finding != NULL);
		if (findings.n) {
			check_int(row->what, findings.items[0].type, FINDING_PASSTHROUGH);
			check_text(row->what, findings.items[0].subject, row->finding);
			check_part(row->what, findings.items[0].remedy, row->remedy);
		}
		findings_done(&findings);
		bootloader_done(&bootloader);
		inventory_done(&inventory);
		profile_done(&profile);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hosts),
					   cmocka_unit_test(in_modprobe_d)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
