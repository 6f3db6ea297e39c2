// SPDX-License-Identifier: GPL-2.0
/*
 * ima_ns.ko: parameters, and the order in which things begin and end.
 *
 * It does nothing by itself: ima_ns_probe.ko attaches the BPF programs that
 * feed it (probe_mod.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/sched.h>
#include <linux/uuid.h>

#include "ima_ns.h"
#include "vtpm/crypto_kernel.h"

static char *anchor = "mnt";
module_param(anchor, charp, 0444);
MODULE_PARM_DESC(anchor,
		 "namespace type that makes a container: mnt (default), pid, uts, ipc, net, cgroup, user");

static char *banks = "sha1,sha256";
module_param(banks, charp, 0444);
MODULE_PARM_DESC(banks, "PCR banks: some of sha1,sha256,sha384,sha512 (default sha1,sha256)");

static char *hash = CONFIG_IMA_DEFAULT_HASH;
module_param(hash, charp, 0444);
MODULE_PARM_DESC(hash,
		 "algorithm of file digests (default: the kernel's, " CONFIG_IMA_DEFAULT_HASH ")");

static char *template = CONFIG_IMA_DEFAULT_TEMPLATE;
module_param(template, charp, 0444);
MODULE_PARM_DESC(template,
		 "template of records, a name or fields joined by '|' (default: the kernel's, "
		 CONFIG_IMA_DEFAULT_TEMPLATE ")");

static char *policy = "default";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "built-in policy of new namespaces: default, tcb or ima_tcb");

static char *overflow = "allow";
module_param(overflow, charp, 0444);
MODULE_PARM_DESC(overflow,
		 "what happens to an execution that could not be recorded: allow (default) or deny");

bool ima_ns_nested;
module_param_named(nested, ima_ns_nested, bool, 0444);
MODULE_PARM_DESC(nested,
		 "do containers inside containers get namespaces of their own? (default 0)");

const char *ima_ns_anchor_name;
int ima_ns_anchor_type;
bool ima_ns_overflow_deny;
const char *ima_ns_boot_id;
const struct ima_ns_template *ima_ns_default_template;

static char boot_id[UUID_STRING_LEN + 1];

static const struct {
	const char *name;
	int type;
} anchors[] = {
	{ "mnt", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },
	{ "net", CLONE_NEWNET },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "user", CLONE_NEWUSER },
};

/**
 * ima_ns_anchor() - the anchor's type, for the probe
 *
 * Return: CLONE_NEW*.
 */
int ima_ns_anchor(void)
{
	return ima_ns_anchor_type;
}
EXPORT_SYMBOL_GPL(ima_ns_anchor);

static int read_params(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(anchors); i++) {
		if (!strcmp(anchor, anchors[i].name)) {
			ima_ns_anchor_name = anchors[i].name;
			ima_ns_anchor_type = anchors[i].type;
		}
	}
	if (!ima_ns_anchor_name) {
		pr_err("anchor: \"%s\" is none of mnt, pid, uts, ipc, net, cgroup, user\n", anchor);
		return -EINVAL;
	}
	if (strcmp(overflow, "allow") && strcmp(overflow, "deny")) {
		pr_err("overflow: \"%s\" is neither allow nor deny\n", overflow);
		return -EINVAL;
	}
	ima_ns_overflow_deny = !strcmp(overflow, "deny");
	if (ima_ns_template_init())
		return -EINVAL;
	ima_ns_default_template = ima_ns_template_find(template) ?:
		ima_ns_template_define(template);
	if (!ima_ns_default_template) {
		pr_err("template: \"%s\" is neither a template nor one to %d fields joined by '|'\n",
		       template, IMA_NS_MAX_FIELDS);
		return -EINVAL;
	}
	return 0;
}

static int __init ima_ns_init(void)
{
	uuid_t id;
	int err;

	err = read_params();
	if (err)
		return err;
	uuid_gen(&id);
	snprintf(boot_id, sizeof(boot_id), "%pUb", &id);
	ima_ns_boot_id = boot_id;

	err = ima_ns_hash_init(banks, hash);
	if (err)
		return err;
	err = vtpm_crypto_kernel_init();
	if (err)
		goto hash;
	err = ima_ns_policy_init(policy);
	if (err)
		goto crypto;
	err = ima_ns_cache_init();
	if (err)
		goto policy;
	err = ima_ns_path_init();
	if (err)
		goto cache;
	err = ima_ns_namespace_init();
	if (err)
		goto path;
	err = ima_ns_tpm_init();
	if (err)
		goto namespace;
	err = ima_ns_inum_init();
	if (err)
		goto tpm;
	err = ima_ns_securityfs_init();
	if (err)
		goto inum;
	err = ima_ns_kfunc_init();
	if (err)
		goto securityfs;
	return 0;

securityfs:
	ima_ns_securityfs_exit();
inum:
	ima_ns_inum_exit();
tpm:
	ima_ns_tpm_exit();
namespace:
	ima_ns_namespace_exit();
path:
	ima_ns_path_exit();
cache:
	ima_ns_cache_exit();
policy:
	ima_ns_policy_exit();
crypto:
	vtpm_crypto_kernel_exit();
hash:
	ima_ns_hash_exit();
	return err;
}

static void __exit ima_ns_exit(void)
{
	ima_ns_namespace_exit();
	ima_ns_securityfs_exit();
	ima_ns_inum_exit();
	ima_ns_tpm_exit();
	ima_ns_path_exit();
	ima_ns_cache_exit();
	ima_ns_policy_exit();
	vtpm_crypto_kernel_exit();
	ima_ns_hash_exit();
}

module_init(ima_ns_init);
module_exit(ima_ns_exit);

MODULE_DESCRIPTION("IMA namespaces: an Integrity Measurement Architecture per container");
MODULE_AUTHOR("ima-ns developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(IMA_NS_VERSION);
/* the CPU's hash drivers, where they are modules; see hash.c */
MODULE_SOFTDEP("pre: sha256-ssse3 sha1-ssse3 sha512-ssse3");
