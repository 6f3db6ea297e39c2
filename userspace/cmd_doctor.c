// SPDX-License-Identifier: GPL-2.0
/*
 * imans doctor: can this host measure, and if not, what to do.
 *
 * One row per check below.  A check fails when nothing can be measured or
 * something was lost, and warns when it works but is weaker than it could be.
 */
#include <fcntl.h>
#include <unistd.h>

#include "imans.h"
#include "lib/bpfinfo.h"
#include "lib/sysinfo.h"

#define KERNEL_OLDEST 6012 /* major * 1000 + minor */
#define KERNEL_NEWEST 7002

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_FAIL };

static const char *const level_names[] = { "ok", "warn", "fail" };

/**
 * struct finding - the outcome of a check
 * @level: how bad it is
 * @found: what is there
 * @todo: what to do, or NULL
 */
struct finding {
	enum level level;
	char *found;
	char *todo;
};

/**
 * struct doctor - what several checks need
 * @root: where to look
 * @sysroot: prefix of paths
 * @release: of the kernel; "unknown" at worst
 * @status: the file status, or NULL
 * @status_errno: why there is no @status
 * @enforced: the kernel refuses unsigned modules
 */
struct doctor {
	const struct ns_root *root;
	const char *sysroot;
	char *release;
	char *status;
	int status_errno;
	bool enforced;
};

static void found(struct finding *f, enum level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void found(struct finding *f, enum level level, const char *fmt, ...)
{
	va_list ap;

	f->level = level;
	free(f->found);
	va_start(ap, fmt);
	f->found = xvasprintf(fmt, ap);
	va_end(ap);
}

static void todo(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void todo(struct finding *f, const char *fmt, ...)
{
	va_list ap;

	free(f->todo);
	va_start(ap, fmt);
	f->todo = xvasprintf(fmt, ap);
	va_end(ap);
}

/* the kernel */

static void check_kernel(const struct doctor *d, struct finding *f)
{
	unsigned int major, minor, version;

	if (sscanf(d->release, "%u.%u", &major, &minor) != 2) {
		found(f, LEVEL_WARN, "the release of the kernel is %s", d->release);
		todo(f, "run where /proc is mounted");
		return;
	}
	version = major * 1000 + minor;
	if (version < KERNEL_OLDEST) {
		found(f, LEVEL_FAIL, "%s is older than 6.12", d->release);
		todo(f, "boot 6.12 or later; Debian 12 has it in bookworm-backports");
	} else if (version > KERNEL_NEWEST) {
		found(f, LEVEL_WARN, "%s is newer than what was tested, 7.2", d->release);
		todo(f, "look for a newer ima-ns");
	} else {
		found(f, LEVEL_OK, "%s", d->release);
	}
}

/* What the modules, the probe and this program stand on. */
static const char *const config_options[] = {
	"BPF_SYSCALL",	   "BPF_JIT", "BPF_LSM",    "DEBUG_INFO_BTF", "DEBUG_INFO_BTF_MODULES",
	"FUNCTION_TRACER", "IMA",     "SECURITYFS",
};

static void check_config(const struct doctor *d, struct finding *f)
{
	char *missing = xstrdup(""), *file, *more;
	char *config = sys_config(d->sysroot, d->release, &file);
	size_t i;

	if (!config) {
		found(f, LEVEL_WARN, "there is no configuration of kernel %s in /boot or /proc",
		      d->release);
		todo(f, "modprobe configs, or install the package of this kernel");
		free(missing);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(config_options); i++) {
		if (config_value(config, config_options[i]) != 'n')
			continue;
		more = xasprintf("%s CONFIG_%s", missing, config_options[i]);
		free(missing);
		missing = more;
	}
	if (*missing) {
		found(f, LEVEL_FAIL, "%s lacks%s", file, missing);
		todo(f, "boot a kernel that has them, such as Debian's linux-image-amd64");
	} else {
		found(f, LEVEL_OK, "%s has all that is needed", file);
	}
	free(missing);
	free(config);
	free(file);
}

static void check_btf(const struct doctor *d, struct finding *f)
{
	if (sys_exists(d->sysroot, "/sys/kernel/btf/vmlinux")) {
		found(f, LEVEL_OK, "/sys/kernel/btf/vmlinux");
		return;
	}
	found(f, LEVEL_FAIL, "/sys/kernel/btf/vmlinux is missing, the probe cannot be verified");
	todo(f, "boot a kernel with CONFIG_DEBUG_INFO_BTF=y");
}

static void check_securityfs(const struct doctor *d, struct finding *f)
{
	char *type = sys_mount_type(d->sysroot, "/sys/kernel/security");

	if (type && !strcmp(type, "securityfs")) {
		found(f, LEVEL_OK, "mounted on /sys/kernel/security");
	} else {
		found(f, LEVEL_FAIL, "not mounted on /sys/kernel/security");
		todo(f, "mount -t securityfs securityfs /sys/kernel/security");
	}
	free(type);
}

/* The list of the running kernel with bpf behind those that the order is free for. */
static char *lsm_line(char *list)
{
	char *line = xstrdup("lsm="), *name, *more, *save = NULL;

	for (name = strtok_r(list, ",\n", &save); name; name = strtok_r(NULL, ",\n", &save)) {
		/* The kernel places these itself. */
		if (!strcmp(name, "capability") || !strcmp(name, "ima") || !strcmp(name, "evm"))
			continue;
		more = xasprintf("%s%s,", line, name);
		free(line);
		line = more;
	}
	more = xasprintf("%sbpf", line);
	free(line);
	return more;
}

static bool in_list(const char *list, const char *name)
{
	size_t len = strlen(name), n;

	for (; *list; list += n + (list[n] != '\0')) {
		n = strcspn(list, ",\n");
		if (n == len && !memcmp(list, name, n))
			return true;
	}
	return false;
}

static void check_lsm(const struct doctor *d, struct finding *f)
{
	char *list = sys_read(d->sysroot, "/sys/kernel/security/lsm");
	char *cmdline, *line;

	if (!list) {
		found(f, LEVEL_FAIL, "/sys/kernel/security/lsm: %s", strerror(errno));
		todo(f, "mount securityfs; see above");
		return;
	}
	list[strcspn(list, "\n")] = '\0';
	if (in_list(list, "bpf")) {
		found(f, LEVEL_OK, "bpf is in %s", list);
		free(list);
		return;
	}
	found(f, LEVEL_FAIL, "bpf is not in %s", list);
	cmdline = sys_read(d->sysroot, "/proc/cmdline");
	line = lsm_line(list);
	todo(f, "%s \"%s\" %s GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub and reboot",
	     cmdline && strstr(cmdline, "lsm=") ? "replace lsm=... by" : "add", line,
	     cmdline && strstr(cmdline, "lsm=") ? "in" : "to");
	free(line);
	free(cmdline);
	free(list);
}

static void check_ima(const struct doctor *d, struct finding *f)
{
	char *count = sys_read(d->sysroot,
			       "/sys/kernel/security/integrity/ima/runtime_measurements_count");

	if (count) {
		count[strcspn(count, "\n")] = '\0';
		found(f, LEVEL_OK, "host IMA is there, its log has %s records", count);
	} else if (errno == EACCES) {
		found(f, LEVEL_OK, "host IMA is there");
	} else {
		found(f, LEVEL_FAIL, "host IMA is not there, so nobody vouches for our namespaces");
		todo(f, "boot a kernel with CONFIG_IMA=y, and without ima=off");
	}
	free(count);
}

/* trust */

static void check_lockdown(const struct doctor *d, struct finding *f)
{
	char *state = sys_lockdown(d->sysroot);

	if (!state || !strcmp(state, "none")) {
		found(f, LEVEL_WARN, "off: root can change the running kernel");
		todo(f, "boot with Secure Boot, or lockdown=integrity on the kernel command line");
	} else if (!strcmp(state, "confidentiality")) {
		found(f, LEVEL_WARN, "confidentiality: BPF programs may not read kernel memory");
		todo(f,
		     "lockdown=integrity on the kernel command line, if the probe does not load");
	} else {
		found(f, LEVEL_OK, "%s", state);
	}
	free(state);
}

static void check_secure_boot(const struct doctor *d, struct finding *f)
{
	switch (sys_secure_boot(d->sysroot)) {
	case SECURE_BOOT_ON:
		found(f, LEVEL_OK, "on");
		break;
	case SECURE_BOOT_OFF:
		found(f, LEVEL_WARN, "off: the kernel itself is not checked");
		todo(f, "turn it on in the firmware's setup");
		break;
	case SECURE_BOOT_NONE:
		found(f, LEVEL_WARN, "this machine did not boot through EFI");
		todo(f, "boot through EFI with Secure Boot, where there is a choice");
		break;
	case SECURE_BOOT_UNKNOWN:
		found(f, LEVEL_WARN, "the firmware's variable cannot be read");
		todo(f, "mount -t efivarfs efivarfs /sys/firmware/efi/efivars");
		break;
	}
}

static bool signatures_enforced(const char *sysroot, const char **by)
{
	char *param = sys_read(sysroot, "/sys/module/module/parameters/sig_enforce");
	char *lockdown = sys_lockdown(sysroot);

	*by = NULL;
	if (param && param[0] == 'Y')
		*by = "module.sig_enforce";
	else if (lockdown && strcmp(lockdown, "none") != 0)
		*by = "lockdown";
	free(param);
	free(lockdown);
	return *by;
}

static void check_signatures(const struct doctor *d, struct finding *f)
{
	const char *by;

	if (signatures_enforced(d->sysroot, &by)) {
		found(f, LEVEL_OK, "the kernel refuses unsigned modules (%s)", by);
		return;
	}
	found(f, LEVEL_WARN, "the kernel takes unsigned modules");
	todo(f, "boot with Secure Boot, or module.sig_enforce=1 on the kernel command line");
}

static const char *signature_text(enum module_signature sig)
{
	static const char *const texts[] = {
		[MODULE_SIGNED] = "signed",
		[MODULE_UNSIGNED] = "not signed",
		[MODULE_COMPRESSED] = "compressed, modinfo -F signer tells about its signature",
		[MODULE_UNREADABLE] = "unreadable",
	};

	return texts[sig];
}

static void advise_signing(struct finding *f, const char *file)
{
	todo(f, "sign it with sign-file from linux-kbuild and a key enrolled by mokutil: %s",
	     file ? file : "its .ko file");
}

static void loaded_module(const struct doctor *d, const char *module, const char *file,
			  enum module_signature sig, struct finding *f)
{
	char *path = xasprintf("/sys/module/%s/taint", module);
	char *taint = sys_read(d->sysroot, path), *version;

	free(path);
	path = xasprintf("/sys/module/%s/version", module);
	version = sys_read(d->sysroot, path);
	if (version)
		version[strcspn(version, "\n")] = '\0';
	/* The letter is the kernel's own verdict on what it loaded. */
	if (taint && strchr(taint, 'E')) {
		found(f, LEVEL_WARN, "loaded%s%s, without a valid signature", version ? ", " : "",
		      version ? version : "");
		advise_signing(f, file);
	} else if (file && sig == MODULE_UNSIGNED) {
		found(f, d->enforced ? LEVEL_FAIL : LEVEL_WARN, "loaded, but %s is not signed%s",
		      file, d->enforced ? " and will not load again" : "");
		advise_signing(f, file);
	} else {
		found(f, LEVEL_OK, "loaded%s%s, %s %s", version ? ", " : "", version ? version : "",
		      file ? file : "its file",
		      file ? signature_text(sig) : "is not in /lib/modules");
	}
	free(path);
	free(taint);
	free(version);
}

static void check_module(const struct doctor *d, const char *module, struct finding *f)
{
	char *file = sys_module_file(d->sysroot, d->release, module);
	char *state = xasprintf("/sys/module/%s/initstate", module);
	enum module_signature sig = file ? sys_module_signature(file) : MODULE_UNREADABLE;

	if (sys_exists(d->sysroot, state)) {
		loaded_module(d, module, file, sig, f);
	} else if (!file) {
		found(f, LEVEL_FAIL, "%s is not installed for kernel %s", module, d->release);
		todo(f, "install it for this kernel, run depmod, then modprobe ima_ns_probe");
	} else {
		found(f, LEVEL_FAIL, "%s is not loaded; %s is %s", module, file,
		      signature_text(sig));
		if (sig == MODULE_UNSIGNED && d->enforced)
			advise_signing(f, file);
		else
			todo(f, "modprobe ima_ns_probe");
	}
	free(state);
	free(file);
}

static void check_core(const struct doctor *d, struct finding *f)
{
	check_module(d, "ima_ns", f);
}

static void check_probe_module(const struct doctor *d, struct finding *f)
{
	check_module(d, "ima_ns_probe", f);
}

/* measuring */

static void check_bpf(struct finding *f)
{
	struct bpf_state bpf;
	int err = -bpf_state_read(&bpf);

	if (err) {
		found(f, LEVEL_WARN, "status says attached; BPF programs: %s", strerror(err));
		todo(f, "run as root on the host");
	} else if (!bpf.programs || bpf.linked < bpf.programs) {
		found(f, LEVEL_FAIL, "status says attached, but of %u BPF programs %u are linked",
		      bpf.programs, bpf.linked);
		todo(f, "modprobe -r ima_ns_probe && modprobe ima_ns_probe, and tell the authors");
	} else {
		found(f, LEVEL_OK, "attached, %u BPF programs, all linked", bpf.programs);
	}
}

static bool status_is(const struct doctor *d, const char *key, const char *value)
{
	size_t len;
	const char *v = kv_find(d->status, key, &len);

	return v && len == strlen(value) && !memcmp(v, value, len);
}

static void no_status(const struct doctor *d, struct finding *f)
{
	bool absent = d->status_errno == ENOENT;

	found(f, absent ? LEVEL_FAIL : LEVEL_WARN, "%s/status: %s", d->root->path,
	      strerror(d->status_errno));
	todo(f, absent ? "modprobe ima_ns_probe" : "run as root on the host");
}

static void check_probe(const struct doctor *d, struct finding *f)
{
	if (!d->status) {
		no_status(d, f);
	} else if (!status_is(d, "probe", "attached")) {
		found(f, LEVEL_FAIL, "not attached, nothing is measured");
		todo(f, "modprobe ima_ns_probe");
	} else if (*d->sysroot) {
		/* The BPF programs of this host say nothing about that one. */
		found(f, LEVEL_OK, "attached");
	} else {
		check_bpf(f);
	}
}

static u64 count_poisoned(const struct ns_root *root, const struct ns_name *names, size_t count)
{
	struct ns_info info;
	const char *file;
	u64 poisoned = 0;
	size_t i;
	int dirfd;

	for (i = 0; i < count; i++) {
		dirfd = ns_open_fd(root, &names[i]);
		if (dirfd < 0)
			continue;
		if (!ns_info_read(dirfd, &info, &file) && info.poisoned)
			poisoned++;
		ns_info_free(&info);
		close(dirfd);
	}
	return poisoned;
}

static void check_namespaces(const struct doctor *d, struct finding *f)
{
	struct ns_name *names = NULL;
	size_t count, len;
	const char *v;
	u64 poisoned, refused = 0;

	if (!d->status) {
		no_status(d, f);
		return;
	}
	if (ns_list(d->root, &names, &count)) {
		found(f, LEVEL_FAIL, "they cannot be listed");
		return;
	}
	poisoned = count_poisoned(d->root, names, count);
	free(names);
	v = kv_find(d->status, "refused", &len);
	if (v && !number_parse(v, len, &refused))
		refused = 0;
	if (poisoned) {
		found(f, LEVEL_FAIL, "%llu of %zu lost records", (unsigned long long)poisoned,
		      count);
		todo(f, "give these containers more memory and restart them; see imans list");
	} else if (refused) {
		found(f, LEVEL_FAIL, "%zu, and %llu could not be created", count,
		      (unsigned long long)refused);
		todo(f, "see the kernel log; raise the module's limit of namespaces");
	} else {
		found(f, LEVEL_OK, "%zu, none lost a record", count);
	}
}

/* Bits of /proc/sys/kernel/tainted that say something about what we can be trusted with. */
static const struct {
	unsigned int bit;
	enum level level;
	const char *text;
	const char *todo;
} taints[] = {
	{ 1, LEVEL_WARN, "a module was forced in (F)", "reboot, and do not use modprobe -f" },
	{ 3, LEVEL_WARN, "a module was forced out (R)", "reboot, and do not use rmmod -f" },
	{ 4, LEVEL_WARN, "the processor reported an error (M)", "see the kernel log" },
	{ 5, LEVEL_FAIL, "memory management found a bad page (B)",
	  "see the kernel log, and reboot" },
	{ 7, LEVEL_FAIL, "the kernel died in a task (D)", "see the kernel log, and reboot" },
	{ 9, LEVEL_WARN, "the kernel printed a warning (W)", "see the kernel log" },
	{ 13, LEVEL_WARN, "an unsigned module was loaded (E)", "sign all modules, and reboot" },
	{ 14, LEVEL_WARN, "a processor was stuck (L)", "see the kernel log" },
};

static void check_taint(const struct doctor *d, struct finding *f)
{
	char *text = sys_read(d->sysroot, "/proc/sys/kernel/tainted"), *list, *more;
	enum level level = LEVEL_OK;
	size_t i;
	u64 bits;

	if (!text || !number_parse(text, strcspn(text, "\n"), &bits)) {
		found(f, LEVEL_WARN, "/proc/sys/kernel/tainted cannot be read");
		todo(f, "run where /proc is mounted");
		free(text);
		return;
	}
	list = xasprintf("%llu", (unsigned long long)bits);
	for (i = 0; i < ARRAY_SIZE(taints); i++) {
		if (!(bits >> taints[i].bit & 1))
			continue;
		more = xasprintf("%s, %s", list, taints[i].text);
		free(list);
		list = more;
		/* The first of the worst ones says what to do. */
		if (taints[i].level <= level)
			continue;
		level = taints[i].level;
		todo(f, "%s", taints[i].todo);
	}
	found(f, level, "%s%s", list, level ? "" : ", nothing that matters here");
	free(list);
	free(text);
}

/* The first flag that the processor has names the module; lists of Debian's kernels. */
static const struct {
	const char *flag, *algo, *module;
} accelerators[] = {
	{ "ssse3", "sha1", "sha1_ssse3" },     { "ssse3", "sha256", "sha256_ssse3" },
	{ "ssse3", "sha384", "sha512_ssse3" }, { "ssse3", "sha512", "sha512_ssse3" },
	{ "sha1", "sha1", "sha1_ce" },	       { "sha2", "sha256", "sha2_ce" },
	{ "sha512", "sha384", "sha512_ce" },   { "sha512", "sha512", "sha512_ce" },
};

static bool cpu_has(const char *cpuinfo, const char *flag)
{
	const char *p = cpuinfo;
	size_t len = strlen(flag);

	while ((p = strstr(p, flag))) {
		if (p > cpuinfo && p[-1] == ' ' && strchr(" \n", p[len]))
			return true;
		p += len;
	}
	return false;
}

static void check_hash(const struct doctor *d, struct finding *f)
{
	char algo[32] = "sha256", *cpuinfo;
	struct crypto_driver driver;
	const char *v = NULL;
	size_t len = 0, i;

	if (d->status)
		v = kv_find(d->status, "hash", &len);
	if (v && len && len < sizeof(algo)) {
		memcpy(algo, v, len);
		algo[len] = '\0';
	}
	if (!sys_crypto_driver(d->sysroot, algo, &driver)) {
		found(f, LEVEL_WARN, "/proc/crypto has no %s", algo);
		todo(f, "modprobe %s", algo);
		return;
	}
	found(f, LEVEL_OK, "%s is computed by %s", algo, driver.name);
	if (!strstr(driver.name, "generic"))
		return;
	cpuinfo = sys_read(d->sysroot, "/proc/cpuinfo");
	for (i = 0; i < ARRAY_SIZE(accelerators) && cpuinfo; i++) {
		if (strcmp(algo, accelerators[i].algo) || !cpu_has(cpuinfo, accelerators[i].flag))
			continue;
		found(f, LEVEL_WARN, "%s is computed by %s, the processor can do better", algo,
		      driver.name);
		todo(f,
		     "add %s to /etc/modules-load.d/ima-ns.conf, so that it is there before "
		     "ima_ns; now: modprobe -r ima_ns_probe ima_ns; modprobe %s; modprobe "
		     "ima_ns_probe",
		     accelerators[i].module, accelerators[i].module);
		break;
	}
	free(cpuinfo);
}

static const struct {
	const char *name;
	void (*run)(const struct doctor *d, struct finding *f);
} checks[] = {
	{ "kernel", check_kernel },
	{ "config", check_config },
	{ "btf", check_btf },
	{ "securityfs", check_securityfs },
	{ "lsm", check_lsm },
	{ "ima", check_ima },
	{ "secure-boot", check_secure_boot },
	{ "lockdown", check_lockdown },
	{ "signatures", check_signatures },
	{ "ima_ns", check_core },
	{ "ima_ns_probe", check_probe_module },
	{ "probe", check_probe },
	{ "namespaces", check_namespaces },
	{ "taint", check_taint },
	{ "hash", check_hash },
};

static void print_finding(const char *name, const struct finding *f)
{
	printf("%-4s  %-12s  ", level_names[f->level], name);
	sentence_put(stdout, f->found, strlen(f->found));
	if (f->todo) {
		fputs(": ", stdout);
		sentence_put(stdout, f->todo, strlen(f->todo));
	}
	putchar('\n');
}

static void add_finding(struct json_object *array, const char *name, const struct finding *f)
{
	struct json_object *obj = json_object_new_object();

	json_add_string(obj, "check", name);
	json_add_string(obj, "result", level_names[f->level]);
	json_add_text(obj, "found", f->found, strlen(f->found));
	if (f->todo)
		json_add_text(obj, "todo", f->todo, strlen(f->todo));
	json_object_array_add(array, obj);
}

static int run_checks(const struct doctor *d, struct json_object *array)
{
	int ret = IMANS_OK;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		struct finding f = { 0 };

		checks[i].run(d, &f);
		if (!f.found)
			found(&f, LEVEL_FAIL, "the check found nothing");
		if (array)
			add_finding(array, checks[i].name, &f);
		else
			print_finding(checks[i].name, &f);
		if (f.level == LEVEL_FAIL)
			ret = IMANS_FAILED;
		free(f.found);
		free(f.todo);
	}
	return ret;
}

/** cmd_doctor() - run all checks; fails when one of them does */
int cmd_doctor(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct doctor d = { .root = &im->root, .sysroot = im->root.sysroot };
	struct json_object *array = NULL;
	const char *by;
	char *path;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":j", options, NULL)) != -1) {
		if (c != 'j')
			return option_error("doctor", argv, c);
		if (!array)
			array = json_object_new_array();
	}
	if (optind != argc) {
		json_object_put(array);
		return usage_error("doctor", "takes no argument");
	}
	d.release = sys_release(d.sysroot);
	if (!d.release)
		d.release = xstrdup("unknown");
	d.enforced = signatures_enforced(d.sysroot, &by);
	path = xasprintf("%s/status", im->root.path);
	d.status = read_small_file(AT_FDCWD, path, NULL);
	d.status_errno = errno;
	free(path);
	ret = run_checks(&d, array);
	if (array)
		json_put(stdout, array, true);
	json_object_put(array);
	free(d.status);
	free(d.release);
	return ret;
}
