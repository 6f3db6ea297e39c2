// SPDX-License-Identifier: GPL-2.0
/*
 * imans pcrs: the PCRs of a namespace, now or where its log begins, in the form
 * of tpm2_pcrread.
 */
#include <unistd.h>

#include "imans.h"

#define ALL_PCRS ((1u << NS_PCRS) - 1)

/* @known: bit n: PCR n is worth showing */
static void print_bank(const struct ns_pcrs *pcrs, u32 known)
{
	unsigned int i;

	printf("%s:\n", pcrs->bank->name);
	for (i = 0; i < NS_PCRS; i++) {
		if (!(known & 1u << i))
			continue;
		printf("  %-2u: 0x", i);
		hex_put(stdout, pcrs->value[i], pcrs->bank->size);
		putchar('\n');
	}
}

static void add_bank(struct json_object *obj, const struct ns_pcrs *pcrs, u32 known)
{
	struct json_object *values = json_object_new_object();
	unsigned int i;
	char key[12];

	for (i = 0; i < NS_PCRS; i++) {
		if (!(known & 1u << i))
			continue;
		snprintf(key, sizeof(key), "%u", i);
		json_add_hex(values, key, pcrs->value[i], pcrs->bank->size);
	}
	json_add(obj, pcrs->bank->name, values);
}

static int fail_bank(const struct imans *im, const struct ns_name *name, const char *bank,
		     bool checkpoint, int err)
{
	char *file = checkpoint ? xstrdup("checkpoint") : xasprintf("pcrs_%s", bank);
	char *path = ns_path(&im->root, name, file);
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

/* One bank at a time: a trim between two of them shows in the number of records. */
static int show_checkpoint(int dirfd, const struct bank *bank, struct json_object *obj)
{
	struct ns_checkpoint c;
	int ret = ns_checkpoint_read(dirfd, bank, &c);

	if (ret)
		return ret;
	if (obj) {
		json_add_u64(obj, "records", c.records);
		add_bank(obj, &c.pcrs, c.known);
	} else {
		printf("after %llu records, ", (unsigned long long)c.records);
		print_bank(&c.pcrs, c.known);
	}
	return 0;
}

static int show_bank(int dirfd, const struct bank *bank, struct json_object *obj)
{
	struct ns_pcrs pcrs;
	int ret = ns_pcrs_read(dirfd, bank, &pcrs);

	if (ret)
		return ret;
	if (obj)
		add_bank(obj, &pcrs, ALL_PCRS);
	else
		print_bank(&pcrs, ALL_PCRS);
	return 0;
}

static int show(const struct imans *im, const struct ns_name *name, const struct bank *only,
		bool checkpoint, bool json)
{
	struct json_object *obj = json ? json_object_new_object() : NULL;
	const struct bank *banks[NS_BANKS_MAX] = { only };
	size_t i, count = 1;
	int dirfd, err, ret;

	ret = ns_open(&im->root, name, &dirfd);
	if (ret)
		goto out;
	if (!only)
		count = ns_banks(dirfd, banks, ARRAY_SIZE(banks));
	if (!count)
		ret = fail_bank(im, name, "sha1", false, ENOENT);
	for (i = 0; i < count && !ret; i++) {
		err = checkpoint ? show_checkpoint(dirfd, banks[i], obj) :
				   show_bank(dirfd, banks[i], obj);
		if (err)
			ret = fail_bank(im, name, banks[i]->name, checkpoint, -err);
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
		{ "checkpoint", no_argument, NULL, 'c' },
		{ "pid", required_argument, NULL, 'p' },
		{ 0 },
	};
	const char *pid = NULL, *bank_name = NULL;
	const struct bank *bank = NULL;
	struct ns_name name;
	bool json = false, checkpoint = false;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":jb:cp:", options, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'b')
			bank_name = optarg;
		else if (c == 'c')
			checkpoint = true;
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
	return ret ? ret : show(im, &name, bank, checkpoint, json);
}
