/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run of the product reports, as data: taken where the verbs hand it over to be rendered. */
#pragma once

/*
 * In the child that is the product: from now on each report is written down, too, its findings to the
 * descriptor findings and all else that it says to report, a line for each. The text and the remedy of
 * a finding are its name in angle brackets, in all that the product prints, logs and remembers; those of
 * the names that spelled lists between spaces are what the product makes them. files: what files are to say
 * is spelled out.
 */
void reported_begin(const char *spelled, const char *files, int report, int findings);
