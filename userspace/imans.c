// SPDX-License-Identifier: GPL-2.0
/*
 * imans - look at the IMA namespaces of a host.
 *
 * One row per verb below, one file cmd_*.c per verb.
 */
#include <unistd.h>

#include "imans.h"

#ifndef IMANS_VERSION
#define IMANS_VERSION "0.1"
#endif

#define SECURITYFS_DIR "/sys/kernel/security/ima-ns"

/**
 * struct command - a verb
 * @name: the verb
 * @run: its function
 * @summary: what it does, in one line
 * @usage: its arguments, and a line for each option
 */
struct command {
	const char *name;
	int (*run)(const struct imans *im, int argc, char **argv);
	const char *summary;
	const char *usage;
};

#define NSID_HELP                                                                              \
	"NSID is the number of a namespace, NUMBER.SEQ, or a part of its cgroup's path that\n" \
	"no other namespace has, such as the id of the container.\n"

static const struct command commands[] = {
	{ "status", cmd_status, "show the state of the kernel module",
	  "[--json]\n"
	  "  -j, --json            print JSON\n" },
	{ "list", cmd_list, "list the namespaces",
	  "[--json]\n"
	  "  -j, --json            print JSON, with every field and every bank\n" },
	{ "log", cmd_log, "show the measurement log of a namespace",
	  "[OPTION]... NSID | --pid PID | --file FILE\n"
	  "  -f, --follow          wait for more records\n"
	  "  -j, --json            print one JSON object per record and line\n"
	  "  -a, --ascii           print the format of ascii_runtime_measurements\n"
	  "  -b, --bank BANK       take the log of this PCR bank (sha1, sha256, ...)\n"
	  "  -V, --verify-digests  check every template digest against its data\n"
	  "  -p, --pid PID         the namespace of this process\n"
	  "      --file FILE       a saved binary log, or - for standard input\n" NSID_HELP },
	{ "pcrs", cmd_pcrs, "show the PCRs of a namespace",
	  "[OPTION]... NSID | --pid PID\n"
	  "  -j, --json            print JSON\n"
	  "  -b, --bank BANK       only this PCR bank\n"
	  "  -c, --checkpoint      where the log begins, after what was trimmed\n"
	  "  -p, --pid PID         the namespace of this process\n" NSID_HELP },
	{ "trim", cmd_trim, "delete the oldest records of a log",
	  "[OPTION]... NSID COUNT | --pid PID COUNT\n"
	  "  -s, --save FILE       append them to this file first\n"
	  "  -b, --bank BANK       save the log of this PCR bank instead of that of sha1\n"
	  "  -p, --pid PID         the namespace of this process\n"
	  "COUNT is a number, or all.\n" NSID_HELP },
	{ "policy", cmd_policy, "show, check or load a policy",
	  "show [NSID | --pid PID | default]\n"
	  "       imans policy check [OPTION]... FILE...\n"
	  "       imans policy load NSID|default FILE | --pid PID FILE\n"
	  "  -k, --kernel VERSION  check: for this kernel, 6.12 or 7.2, instead of the running\n"
	  "  -H, --host            check: for host IMA, not for a namespace\n"
	  "  -j, --json            check: print JSON\n"
	  "  -p, --pid PID         show, load: the namespace of this process\n"
	  "default is the policy of namespaces to come.  FILE may be - for standard input.\n"
	  NSID_HELP },
	{ "create", cmd_create, "create a namespace for a container that has not started",
	  "[OPTION]... --pid PID | --ns PATH\n"
	  "  -p, --pid PID         for the namespace that this process is in\n"
	  "  -n, --ns PATH         for this namespace file, such as /proc/PID/ns/mnt\n"
	  "      --nested          containers inside get namespaces of their own\n"
	  "      --parent NSID     inside this namespace, which must be nested\n"
	  "Prints the number of the new namespace.\n" },
	{ "doctor", cmd_doctor, "check whether this host can measure, and say what to do",
	  "[--json]\n"
	  "  -j, --json            print JSON\n" },
};

static void usage(FILE *out)
{
	size_t i;

	fputs("Usage: imans [--root DIR] [--sysroot DIR] COMMAND [ARGUMENT]...\n\nCommands:\n",
	      out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\nOptions:\n"
	      "  --root DIR     directory of the kernel module (" SECURITYFS_DIR ")\n"
	      "  --sysroot DIR  look for /proc, /sys and /boot below DIR\n"
	      "  --help         this text; after a command, about that command\n"
	      "  --version      version of imans\n"
	      "\nExit status: 0 all is well, 1 something is not, 2 wrong usage.\n",
	      out);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static bool wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

/**
 * option_error() - tell about an option that getopt_long() did not take
 * @verb: the verb, or NULL
 * @argv: as given to getopt_long()
 * @c: its result, '?' or ':'
 *
 * Return: IMANS_USAGE.
 */
int option_error(const char *verb, char *const *argv, int c)
{
	const char *arg = argv[optind - 1];
	bool has_value = !strncmp(arg, "--", 2) && strchr(arg, '=');
	char *option;
	int ret;

	/* A bad letter inside "-xyz" leaves optind where it was. */
	if (c == '?' && optopt && optopt < 0x80 && !has_value)
		option = xasprintf("-%c", optopt);
	else
		option = text_escape(arg, strlen(arg));
	ret = usage_error(verb, c == ':' ? "option %s needs an argument" : "there is no option %s",
			  option);
	free(option);
	return ret;
}

static int run_command(const struct imans *im, int argc, char **argv)
{
	const struct command *c = find_command(argv[0]);
	char *name;
	int ret, written;

	if (!c) {
		name = text_escape(argv[0], strlen(argv[0]));
		ret = usage_error(NULL, "there is no command %s", name);
		free(name);
		return ret;
	}
	if (wants_help(argc, argv)) {
		printf("imans %s - %s\n\nUsage: imans %s %s", c->name, c->summary, c->name,
		       c->usage);
		return output_finish(stdout);
	}
	optind = 0;
	ret = c->run(im, argc, argv);
	written = output_finish(stdout);
	return ret ? ret : written;
}

int main(int argc, char **argv)
{
	enum { OPT_ROOT = 256, OPT_SYSROOT, OPT_VERSION };
	static const struct option options[] = {
		{ "root", required_argument, NULL, OPT_ROOT },
		{ "sysroot", required_argument, NULL, OPT_SYSROOT },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ 0 },
	};
	struct imans im = { .root = { .path = NULL, .sysroot = "" } };
	char *path = NULL;
	int c, ret;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:h", options, NULL)) != -1) {
		switch (c) {
		case OPT_ROOT:
			im.root.path = optarg;
			break;
		case OPT_SYSROOT:
			im.root.sysroot = optarg;
			break;
		case 'h':
			usage(stdout);
			return output_finish(stdout);
		case OPT_VERSION:
			puts("imans " IMANS_VERSION);
			return output_finish(stdout);
		default:
			return option_error(NULL, argv, c);
		}
	}
	if (optind == argc) {
		usage(stderr);
		return IMANS_USAGE;
	}
	if (!im.root.path)
		im.root.path = path = xasprintf("%s" SECURITYFS_DIR, im.root.sysroot);
	ret = run_command(&im, argc - optind, argv + optind);
	free(path);
	return ret;
}
