/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"
#include "parse/foreign.h"

static struct foreign foreign;

static void expect(foreign_parser *parse, const char *text, const char *want)
{
	_cleanup_free_ char *excerpt = foreign_guest_excerpt(text);

	parse_foreign(parse, FOREIGN_GUEST, "g", text, &foreign, NULL);
	check_foreign_is(text, &foreign, want);
	/* What a snapshot keeps of it says as much. */
	parse_foreign(parse, FOREIGN_GUEST, "g", excerpt, &foreign, NULL);
	check_foreign_is(excerpt, &foreign, want);
}

TEST(test_domain)
{
	expect(foreign_parse_domain,
	       "<!-- WARNING\n<hostdev type='pci'><source><address bus='9' slot='9' function='0'/>\n"
	       "-->\n<domain type='kvm'>\n<graphics type='vnc' passwd='secret'/>\n"
	       "<hostdev mode='subsystem' type='pci' managed='yes'>\n  <driver name='vfio'/>\n"
	       "  <source>\n"
	       "    <address domain='0x0000' bus='0x0e' slot='0x00' function='0x1'/>\n  </source>\n"
	       "  <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>\n"
	       "</hostdev>\n"
	       "<hostdev mode='subsystem' type=\"pci\"><source writeFiltering='no'><address\n"
	       "    bus = '3' slot='0x1f' function='7'/></source></hostdev>\n"
	       "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source>\n"
	       "</hostdev>\n"
	       "<interface type='hostdev' managed='yes'>\n"
	       "<source><address type='pci' domain='1' bus='0x02' slot='0x00' function='0x2'/>\n"
	       "</source></interface>\n"
	       "<interface type='network'><source network='default'/>\n"
	       "<address type='pci' domain='0' bus='1' slot='0' function='0'/></interface>\n"
	       "<hostdev type='pci'><source><address bus='0x100' slot='0' function='0'/></source>\n",
	       "addresses vfio-pci: 0000:0e:00.1 @g:9\n"
	       "addresses vfio-pci: 0000:03:1f.7 @g:13 (libvirt does not bind it: managed='no')\n"
	       "addresses vfio-pci: 0001:02:00.2 @g:18\n");
	expect(foreign_parse_domain,
	       "<hostdev type='pci'><source><address domain='0xffffffff' bus='0xff' slot='0x1f'\n"
	       "function='7'/></source></hostdev>\n",
	       "addresses vfio-pci: ffffffff:ff:1f.7 @g:1 (libvirt does not bind it: managed='no')\n");
	expect(foreign_parse_domain, "<hostdev type='pci'><source><address", "");
	expect(foreign_parse_domain, "<hostdev", "");
	expect(foreign_parse_domain, "<!-- <", "");
}

TEST(test_proxmox)
{
	expect(foreign_parse_proxmox_guest,
	       "cores: 4\nhostpci0: 0000:01:00,pcie=1,x-vga=1\n"
	       "hostpci1: host=02:00.0;02:00.1,rombar=0\nhostpci2: mapping=gpu,pcie=1\nhostpci3:\n"
	       "args: -device vfio-pci,id=x,host=03:00.0,multifunction=on -cpu host\n"
	       "[snap1]\nhostpci0: 0000:09:00\n",
	       "addresses vfio-pci: 0000:01:00.* @g:2\n"
	       "addresses vfio-pci: 0000:02:00.0 0000:02:00.1 @g:3\n"
	       "addresses vfio-pci: 0000:03:00.0 @g:6 (QEMU does not bind it)\n");
	expect(foreign_parse_proxmox_mapping,
	       "gpu\n\tmap id=10de:2204,iommugroup=12,node=pve,path=0000:01:00,subsystem-id=1:2\n"
	       "\tmap id=8086:1528,node=pve,path=0000:05:00.0;0000:05:00.1\n\tdescription path=x\n",
	       "addresses vfio-pci: 0000:01:00.* @g:2\n"
	       "addresses vfio-pci: 0000:05:00.0 0000:05:00.1 @g:3\n");
}

TEST(test_xen)
{
	expect(foreign_parse_xen_guest,
	       "name = 'x'\n# pci = [ '09:00.0' ]\n"
	       "pci = [ '01:00.0,permissive=1', \"0000:02:00.0@5\" ]\n"
	       "pci=[\n  '03:00.0',\n]\ndisk = [ '04:00.0' ]\npci = [ 'x\n",
	       "addresses pciback: 0000:01:00.0 0000:02:00.0 @g:3\n"
	       "addresses pciback: 0000:03:00.0 @g:5\naddresses pciback: x @g:8\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_proxmox),
		cmocka_unit_test(test_xen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
