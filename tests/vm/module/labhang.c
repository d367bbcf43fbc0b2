// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver as bad as real ones can be, for devices that QEMU emulates: to give one up takes its time, or
 * never ends.
 *
 *	remove_ms=N		each removal takes so long
 *	hang_dev=ADDRESS	the removal of this device never returns
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/wait.h>

static unsigned int remove_ms;
module_param(remove_ms, uint, 0644);
MODULE_PARM_DESC(remove_ms, "how long each removal takes, in milliseconds");

static char *hang_dev;
module_param(hang_dev, charp, 0444);
MODULE_PARM_DESC(hang_dev, "address of the device whose removal never returns");

static DECLARE_WAIT_QUEUE_HEAD(nobody);

static int labhang_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	pci_info(pdev, "probed\n");
	return 0;
}

static void labhang_remove(struct pci_dev *pdev)
{
	pci_info(pdev, "removing\n");
	/* In state D, as a driver that waits for its hardware. */
	if (hang_dev && !strcmp(hang_dev, pci_name(pdev)))
		wait_event(nobody, false);
	msleep(remove_ms);
	pci_info(pdev, "removed\n");
}

static const struct pci_device_id labhang_ids[] = {
	{PCI_DEVICE(0x1b36, 0x0005)}, /* pci-testdev */
	{PCI_DEVICE(0x1234, 0x11e8)}, /* edu */
	{}
};
MODULE_DEVICE_TABLE(pci, labhang_ids);

static struct pci_driver labhang_driver = {
	.name = "labhang",
	.id_table = labhang_ids,
	.probe = labhang_probe,
	.remove = labhang_remove,
};
module_pci_driver(labhang_driver);

MODULE_DESCRIPTION("Slow and hanging removal, for the tests of vfio-prepare");
MODULE_LICENSE("GPL");
