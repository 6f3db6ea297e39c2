/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verbs of imans, and what main() hands to them.
 */
#ifndef IMANS_H
#define IMANS_H

#include <getopt.h>

#include "lib/nsdir.h"
#include "lib/util.h"

/**
 * struct imans - the global options
 * @root: where the kernel's files are
 */
struct imans {
	struct ns_root root;
};

/* imans.c */

int option_error(const char *verb, char *const *argv, int c);

/* one file per verb; each returns an exit code */

int cmd_status(const struct imans *im, int argc, char **argv);
int cmd_list(const struct imans *im, int argc, char **argv);
int cmd_log(const struct imans *im, int argc, char **argv);
int cmd_pcrs(const struct imans *im, int argc, char **argv);
int cmd_trim(const struct imans *im, int argc, char **argv);
int cmd_policy(const struct imans *im, int argc, char **argv);
int cmd_create(const struct imans *im, int argc, char **argv);
int cmd_doctor(const struct imans *im, int argc, char **argv);

#endif /* IMANS_H */
