// SPDX-License-Identifier: GPL-2.0
/*
 * Containers without a runtime: a process in namespaces of its own whose root
 * is a directory, and which runs functions of the test program when told to.
 * The program is forked, not executed, so both sides have the same functions.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib.h"

struct order {
	ct_fn *fn;		/* NULL: start a container, arg is its root */
	bool fork;
	struct ct_options options;
	char arg[256];
};

/* A directory to be the root of containers, with /bin/payload in it. */
int root_make(const char *root)
{
	static const char *const dirs[] = { "", "bin", "dev", "proc", "security", "tmp" };
	char path[512], *payload;
	size_t i;
	int err;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		if (mkdir(path, 0755) && errno != EEXIST)
			return -1;
	}
	payload = test_program("payload");
	snprintf(path, sizeof(path), "%s/bin/payload", root);
	err = copy_file(payload, path, NULL);
	free(payload);
	return err;
}

/* A program in its /bin that is like no other. */
int root_add(const char *root, const char *name)
{
	char path[512], *payload = test_program("payload");
	int err;

	snprintf(path, sizeof(path), "%s/bin/%s", root, name);
	err = copy_file(payload, path, name);
	free(payload);
	return err;
}

static const char *overlay_root(const char *lower, const char *where)
{
	static char merged[256];
	char upper[256], work[256], data[1024];

	snprintf(upper, sizeof(upper), "%s/upper", where);
	snprintf(work, sizeof(work), "%s/work", where);
	snprintf(merged, sizeof(merged), "%s/merged", where);
	snprintf(data, sizeof(data), "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
	mkdir(where, 0755);
	mkdir(upper, 0755);
	mkdir(work, 0755);
	mkdir(merged, 0755);
	return mount("overlay", merged, "overlay", 0, data) ? NULL : merged;
}

static int enter_root(const char *root, const struct ct_options *options)
{
	char path[512];

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	if (options->overlay)
		root = overlay_root(root, options->overlay);
	if (!root || mount(root, root, NULL, MS_BIND, NULL))
		return -1;
	snprintf(path, sizeof(path), "%s/security", root);
	if (options->securityfs && mount(options->securityfs, path, NULL, MS_BIND | MS_REC, NULL))
		return -1;
	/* proc before the old one is gone: a user namespace must see one to get one */
	snprintf(path, sizeof(path), "%s/proc", root);
	if (mount("proc", path, "proc", 0, NULL) && !(options->flags & CLONE_NEWUSER))
		return -1;
	snprintf(path, sizeof(path), "%s/tmp", root);
	if (mount("tmp", path, "tmpfs", 0, NULL))
		return -1;
	return chdir(root) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) ||
		chdir("/") ? -1 : 0;
}

static int call_in_child(const struct order *order)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(order->fn(order->arg));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void container_main(int sock, const char *root, const struct ct_options *options);

/* A message and a descriptor, or -1. */
static ssize_t receive(int sock, void *data, size_t size, int *fd)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { data, size };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;

	*fd = -1;
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return n;
}

static pid_t clone_into(int flags)
{
	fflush(NULL);
	return syscall(SYS_clone, CLONE_NEWNS | SIGCHLD | flags, 0, 0, 0, 0);
}

/* In a container: start one inside, by a child that leaves it to who reaps orphans. */
static int start_inside(const struct order *order, int own, int sock)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		pid = clone_into(order->options.flags);
		if (!pid) {
			close(own);
			container_main(sock, order->arg, &order->options);
		}
		_exit(pid < 0 ? errno : 0);
	}
	close(sock);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
		WEXITSTATUS(status) : EIO;
}

static void container_main(int sock, const char *root, const struct ct_options *options)
{
	struct order order;
	int ret, fd;
	char go;

	if (options->within)
		send(sock, "", 1, 0);	/* as which process we are */
	else
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (recv(sock, &go, 1, 0) != 1)
		_exit(1);
	if (options->flags & CLONE_NEWUSER && (setgid(0) || setuid(0)))
		_exit(1);
	/* a change of ids clears it */
	if (!options->within)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	ret = enter_root(root, options);
	if (!ret && !options->no_join)
		ret = do_map("/bin/payload");
	if (ret)
		ret = errno ?: EIO;
	send(sock, &ret, sizeof(ret), 0);
	while (receive(sock, &order, sizeof(order), &fd) == sizeof(order)) {
		if (!order.fn)
			ret = start_inside(&order, sock, fd);
		else
			ret = order.fork ? call_in_child(&order) : order.fn(order.arg);
		send(sock, &ret, sizeof(ret), 0);
	}
	_exit(0);
}

static int map_ids(pid_t pid, unsigned int uid)
{
	char path[64], map[64];

	snprintf(map, sizeof(map), "0 %u 65536", uid);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	if (write_file(path, map))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	return write_file(path, map);
}

/* Create the namespace of a process by hand.  Return: 0 or -errno. */
int ct_create(pid_t pid, const char *words)
{
	char path[64], line[128];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(line, sizeof(line), "fd=%d%s%s\n", fd, *words ? " " : "", words);
	err = write_file(TOP "/create", line);
	close(fd);
	return err;
}

/* Have a container started by another one.  Return: its process, or -1. */
static pid_t start_within(const char *root, const struct ct_options *options, int socks[2])
{
	char control[CMSG_SPACE(sizeof(struct ucred))] = {}, hello;
	struct order order = { .options = *options };
	struct iovec iov = { &order, sizeof(order) };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct ucred creds;
	int one = 1;

	snprintf(order.arg, sizeof(order.arg), "%s", root);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &socks[1], sizeof(int));
	/* its parent will be gone: its end is for us to see */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (setsockopt(socks[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) ||
	    sendmsg(options->within->sock, &m, MSG_NOSIGNAL) != sizeof(order) ||
	    ct_wait(options->within))
		return -1;
	iov = (struct iovec){ &hello, 1 };
	m.msg_controllen = sizeof(control);
	if (recvmsg(socks[0], &m, 0) != 1)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_CREDENTIALS)
		return -1;
	memcpy(&creds, CMSG_DATA(c), sizeof(creds));
	one = 0;
	setsockopt(socks[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	return creds.pid;
}

/**
 * ct_start() - start a container and wait until it is in its root
 *
 * Unless told otherwise its first process is a member already: it has mapped
 * /bin/payload for execution.
 *
 * Return: 0, or -1 with errno.
 */
int ct_start(struct ct *ct, const char *root, const struct ct_options *options)
{
	static const struct ct_options plain;
	int socks[2], ret = EIO;
	char path[64];
	struct stat st;

	options = options ?: &plain;
	memset(ct, 0, sizeof(*ct));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		return -1;
	ct->pid = options->within ? start_within(root, options, socks) :
				    clone_into(options->flags);
	if (ct->pid < 0)
		return -1;
	if (!ct->pid) {
		close(socks[0]);
		container_main(socks[1], root, options);
	}
	close(socks[1]);
	ct->sock = socks[0];
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", ct->pid);
	if (!stat(path, &st))
		ct->nsid = st.st_ino;
	snprintf(ct->dir, sizeof(ct->dir), TOP "/%u", ct->nsid);
	if ((!(options->flags & CLONE_NEWUSER) || !map_ids(ct->pid, options->uid)) &&
	    (!options->create || !ct_create(ct->pid, options->create)) &&
	    send(ct->sock, "", 1, MSG_NOSIGNAL) == 1 &&
	    recv(ct->sock, &ret, sizeof(ret), 0) == sizeof(ret) && !ret)
		return 0;
	ct_stop(ct);
	errno = ret;
	return -1;
}

static int give_order(struct ct *ct, ct_fn *fn, const char *arg, bool fork)
{
	struct order order = { .fn = fn, .fork = fork };

	snprintf(order.arg, sizeof(order.arg), "%s", arg ?: "");
	return send(ct->sock, &order, sizeof(order), MSG_NOSIGNAL) == sizeof(order) ? 0 : -EPIPE;
}

/* Let the first process run a function, and do not wait. */
int ct_send(struct ct *ct, ct_fn *fn, const char *arg)
{
	return give_order(ct, fn, arg, false);
}

/* Return: what the function of ct_send() has returned. */
int ct_wait(struct ct *ct)
{
	int ret;

	return recv(ct->sock, &ret, sizeof(ret), 0) == sizeof(ret) ? ret : -EPIPE;
}

/* Has the function of ct_send() not returned yet? */
bool ct_busy(const struct ct *ct)
{
	char c;

	return recv(ct->sock, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* Run a function in the container's first process.  Return: what it returns. */
int ct_call(struct ct *ct, ct_fn *fn, const char *arg)
{
	return give_order(ct, fn, arg, false) ?: ct_wait(ct);
}

/* Run it in a child of the first process.  Return: its exit status. */
int ct_fork(struct ct *ct, ct_fn *fn, const char *arg)
{
	return give_order(ct, fn, arg, true) ?: ct_wait(ct);
}

/* Kill the first process. */
int ct_stop(struct ct *ct)
{
	int status;

	if (ct->pid <= 0)
		return 0;
	kill(ct->pid, SIGKILL);
	waitpid(ct->pid, &status, 0);
	close(ct->sock);
	ct->pid = 0;
	return 0;
}

static bool dir_absent(const void *arg)
{
	return absent(((const struct ct *)arg)->dir);
}

/* Is its directory gone soon after its end? */
bool ct_gone(const struct ct *ct)
{
	return wait_for(dir_absent, ct, 10000);
}

int ct_id(const struct ct *ct, char *id, size_t size)
{
	char path[96], *text;

	snprintf(path, sizeof(path), "%s/info", ct->dir);
	text = text_in(path, "id");
	if (!text)
		return -1;
	snprintf(id, size, "%s", text);
	free(text);
	return 0;
}

/* --- in the container ------------------------------------------------------- */

int do_exec(const char *path)
{
	execl(path, path, (char *)NULL);
	return errno;
}

int spawn(const char *path)
{
	struct order order = { .fn = do_exec };

	snprintf(order.arg, sizeof(order.arg), "%s", path);
	return call_in_child(&order);
}

/* Map a file for execution.  Return: 0 or errno. */
int do_map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	void *p;

	if (fd < 0)
		return errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		err = errno;
	else
		munmap(p, 4096);
	close(fd);
	return err;
}

/* A new file, mapped for execution; its name is its content. */
int do_map_new(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/bin/%s", name);
	if (write_file(path, name))
		return 250;
	return do_map(path);
}

/* "PREFIX FIRST COUNT": the names are all of one length */
int do_map_many(const char *arg)
{
	unsigned int first, count, i;
	char prefix[16], name[32];
	int bad = 0;

	if (sscanf(arg, "%15s %u %u", prefix, &first, &count) != 3)
		return 250;
	for (i = first; i < first + count; i++) {
		snprintf(name, sizeof(name), "%s-%04u", prefix, i);
		bad += do_map_new(name) != 0;
	}
	return bad;
}

int do_mkdir(const char *path)
{
	return mkdir(path, 0755) ? errno : 0;
}

int do_read(const char *path)
{
	char *data = read_file(path, NULL);

	free(data);
	return data ? 0 : errno;
}

/* One byte more. */
int do_append(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, "+", 1) != 1)
		err = errno;
	close(fd);
	return err;
}

/* The last byte becomes another. */
int do_overwrite(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), err = 0;
	struct stat st;
	char c;

	if (fd < 0)
		return errno;
	if (fstat(fd, &st) || pread(fd, &c, 1, st.st_size - 1) != 1 || !++c ||
	    pwrite(fd, &c, 1, st.st_size - 1) != 1)
		err = EIO;
	close(fd);
	return err;
}
