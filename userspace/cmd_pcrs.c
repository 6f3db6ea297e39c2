// SPDX-License-Identifier: GPL-2.0
/*
 * imans pcrs: the PCRs of a namespace, in the form of tpm2_pcrread.
 */
#include <unistd.h>

#include "imans.h"

static void print_bank(const struct ns_pcrs *pcrs)
{
	unsigned int i;

	printf("%s:\n", pcrs->bank->name);
	for (i = 0; i < NS_PCRS; i++) {
		printf("  %-2u: 0x", i);
		hex_put(stdout, pcrs->value[i], pcrs->bank->size);
		putchar('\n');
	}
}

static void add_bank(struct json_object *obj, const struct ns_pcrs *pcrs)
{
	struct json_object *values = json_object_new_object();
	unsigned int i;
	char key[12];

	for (i = 0; i < NS_PCRS; i++) {
		snprintf(key, sizeof(key), "%u", i);
		json_add_hex(values, key, pcrs->value[i], pcrs->bank->size);
	}
	json_add(obj, pcrs->bank->name, values);
}

static int fail_bank(const struct imans *im, const struct ns_name *name, const char *bank, int err)
{
	char *file = xasprintf("pcrs_%s", bank), *path = ns_path(&im->root, name, file);
	int ret;

	if (err == EBADMSG)
		ret = fail(path, "is this another version of ima_ns?",
			   "the content is not a list of PCRs");
	else
		ret = fail_errno(path, err == ENOENT ? "see banks in imans status" : NULL, err);
	free(path);
	free(file);
	return ret;
}

static int show(const struct imans *im, const struct ns_name *name, const struct bank *only,
		bool json)
{
	struct json_object *obj = json ? json_object_new_object() : NULL;
	const struct bank *banks[NS_BANKS_MAX] = { only };
	struct ns_pcrs pcrs;
	size_t i, count = 1;
	int dirfd, err, ret;

	ret = ns_open(&im->root, name, &dirfd);
	if (ret)
		goto out;
	if (!only)
		count = ns_banks(dirfd, banks, ARRAY_SIZE(banks));
	if (!count)
		ret = fail_bank(im, name, "sha1", ENOENT);
	for (i = 0; i < count && !ret; i++) {
		err = -ns_pcrs_read(dirfd, banks[i], &pcrs);
		if (err)
			ret = fail_bank(im, name, banks[i]->name, err);
		else if (obj)
			add_bank(obj, &pcrs);
		else
			print_bank(&pcrs);
	}
	close(dirfd);
	if (obj && !ret)
		json_put(stdout, obj, true);
out:
	json_object_put(obj);
	return ret;
}

/** cmd_pcrs() - show all banks, or one */
int cmd_pcrs(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "bank", required_argument, NULL, 'b' },
		{ "pid", required_argument, NULL, 'p' },
		{ 0 },
	};
	const char *pid = NULL, *bank_name = NULL;
	const struct bank *bank = NULL;
	struct ns_name name;
	bool json = false;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":jb:p:", options, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'b')
			bank_name = optarg;
		else if (c == 'p')
			pid = optarg;
		else
			return option_error("pcrs", argv, c);
	}
	if (argc - optind != !pid)
		return usage_error("pcrs", "needs one namespace: NSID or --pid PID");
	if (bank_name) {
		bank = bank_lookup(bank_name, strlen(bank_name));
		if (!bank)
			return usage_error("pcrs", "the bank is one of sha1, sha256, sha384, "
						   "sha512, sm3");
	}
	ret = ns_resolve(&im->root, argv[optind], pid, &name);
	return ret ? ret : show(im, &name, bank, json);
}
