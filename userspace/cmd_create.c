// SPDX-License-Identifier: GPL-2.0
/*
 * imans create: a namespace before the container's first instruction.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imans.h"

/**
 * struct wish - what namespace is wanted
 * @ns: file of the anchor namespace
 * @anchor: type that it must be of
 * @parent: number of the namespace around it; 0: none is named
 * @nested: containers inside its container get namespaces of their own
 */
struct wish {
	const char *ns;
	const char *anchor;
	u64 parent;
	bool nested;
};

static int explain(const char *create, const struct wish *w, int err)
{
	const char *ns = w->ns, *anchor = w->anchor;

	switch (err) {
	case EINVAL:
		if (w->parent)
			return fail(ns, "see nested= in the parent's info, and the type named here",
				    "the parent does not nest, or it is not a file of type %s",
				    anchor);
		return fail(ns, "give a file such as /proc/PID/ns/TYPE, of the type named here",
			    "is not a namespace file of type %s", anchor);
	case EPERM:
		return fail(ns, "run as root on the host, with a container's namespace",
			    "is the host's own, or CAP_SYS_ADMIN is missing");
	case ESRCH:
		return fail(create, "see imans list", "there is no namespace %llu to be the parent",
			    (unsigned long long)w->parent);
	case ENOSPC:
		return fail(create, "stop containers; inside of one there may be 256, and 8 deep",
			    "there are too many namespaces");
	default:
		return fail_errno(create, NULL, err);
	}
}

/* The kernel finds the namespace through the descriptor, which is open all the while. */
static int request(const char *create, int ns_fd, const struct wish *w)
{
	char line[64], parent[32] = "";
	int fd = open(create, O_WRONLY | O_CLOEXEC), n;
	ssize_t written;
	int err = 0;

	/* Words that are not needed are left out: an older module knows the first only. */
	if (w->parent)
		snprintf(parent, sizeof(parent), " parent=%llu", (unsigned long long)w->parent);
	n = snprintf(line, sizeof(line), "fd=%d%s%s\n", ns_fd, parent,
		     w->nested ? " nested=1" : "");

	if (fd < 0)
		return errno;
	/* One write is one request: a short one must not be continued. */
	written = write(fd, line, (size_t)n);
	if (written != n)
		err = written < 0 ? errno : EIO;
	/* Not all errors need come with the write. */
	if (close(fd) && !err)
		err = errno;
	return err;
}

static int create_for(const struct imans *im, const struct wish *w)
{
	const char *ns = w->ns;
	char *create;
	struct stat st;
	int ns_fd, err, ret = IMANS_OK;

	ns_fd = open(ns, O_RDONLY | O_CLOEXEC);
	if (ns_fd < 0)
		return fail_errno(ns, errno == ENOENT ? "is the process running?" : NULL, errno);
	create = xasprintf("%s/create", im->root.path);
	err = fstat(ns_fd, &st) ? errno : request(create, ns_fd, w);
	if (err == ENOENT)
		ret = fail_errno(create, "load the module: modprobe ima_ns_probe", err);
	else if (err && err != EEXIST)
		ret = explain(create, w, err);
	else
		printf("%llu\n", (unsigned long long)st.st_ino);
	/* What was asked for is there: no failure. */
	if (err == EEXIST)
		fail(ns, "nothing to do", "has an IMA namespace already");
	free(create);
	close(ns_fd);
	return ret;
}

enum { OPT_NESTED = 256, OPT_PARENT };

/** cmd_create() - create a namespace and print its number */
int cmd_create(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "ns", required_argument, NULL, 'n' },
		{ "nested", no_argument, NULL, OPT_NESTED },
		{ "parent", required_argument, NULL, OPT_PARENT },
		{ 0 },
	};
	const char *pid = NULL, *ns = NULL, *parent = NULL;
	struct wish w = { .nested = false };
	struct ns_name name;
	char anchor[16], *path;
	u64 number;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":p:n:", options, NULL)) != -1) {
		if (c == 'p')
			pid = optarg;
		else if (c == 'n')
			ns = optarg;
		else if (c == OPT_NESTED)
			w.nested = true;
		else if (c == OPT_PARENT)
			parent = optarg;
		else
			return option_error("create", argv, c);
	}
	if (!pid == !ns || optind != argc)
		return usage_error("create", "needs either --pid PID or --ns PATH");
	if (pid && !number_parse(pid, strlen(pid), &number))
		return usage_error("create", "--pid takes a number");
	ret = ns_anchor(&im->root, anchor, sizeof(anchor));
	if (!ret && parent) {
		ret = ns_resolve(&im->root, parent, NULL, &name);
		w.parent = name.nsid;
	}
	if (ret)
		return ret;
	path = pid ? xasprintf("%s/proc/%s/ns/%s", im->root.sysroot, pid, anchor) : xstrdup(ns);
	w.ns = path;
	w.anchor = anchor;
	ret = create_for(im, &w);
	free(path);
	return ret;
}
