/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions of a host could be given to guests, whatever a profile says: the verdicts of decide/assignable.h,
 * with what the whole machine lacks, and with the memory that a guest has to make room for. Pure.
 *
 * The window is what the firmware of a guest lays out above 4 GiB: there go the prefetchable 64-bit BARs, for behind a
 * root port the other ones have to lie below (PCI-to-PCI bridge specification; edk2 PciBusDxe DegradeResource()). Each
 * function has a root port of its own, whose window is a multiple of 1 MiB and is aligned like the largest BAR in it
 * (PciBusDxe CalculateResourceAperture()); all of it is a multiple of 1 GiB, in OVMF as in SeaBIOS (edk2
 * OvmfPkg/Library/PlatformInitLib/MemDetect.c PlatformGetFirstNonAddress()).
 */
#pragma once

#include "decide/guards.h"
#include "model/offer.h"

/*
 * guards: of PHASE_MANUAL, so that what is in use is told. Needs what assignables_make() does, and HOST_PLATFORM,
 * HOST_PROCESSOR and FACT_BARS.
 */
void offers_make(const struct inventory *inventory, const struct guards *guards,
		 struct offers *ret);
