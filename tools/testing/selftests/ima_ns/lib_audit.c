// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel says: audit records, as every listener gets them, and the
 * kernel log.  Both are read from the moment on at which they are opened.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib.h"

/* Return: a descriptor for audit_find(), or -1. */
int audit_open(void)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK, .nl_groups = 1 << (AUDIT_NLGRP_READLOG - 1),
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT), size = 4 << 20;

	if (fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) &&
	    !bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	close(fd);
	return -1;
}

/*
 * The next record of a type with @text in it; others are skipped.
 * Return: the record, static; NULL when none comes in a second.
 */
const char *audit_find(int fd, int type, const char *text)
{
	static union {
		struct nlmsghdr head;
		char bytes[16384];
	} msg;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while (poll(&p, 1, 1000) == 1) {
		n = recv(fd, &msg, sizeof(msg) - 1, 0);
		if (n < (ssize_t)NLMSG_HDRLEN)
			return NULL;
		msg.bytes[n] = '\0';
		if (msg.head.nlmsg_type == type && strstr(NLMSG_DATA(&msg.head), text))
			return NLMSG_DATA(&msg.head);
	}
	return NULL;
}

/* Return: a descriptor for klog_find(), or -1. */
int klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* The same for the kernel log, which needs no waiting. */
const char *klog_find(int fd, const char *text)
{
	static char line[8192];
	ssize_t n;

	while ((n = read(fd, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		if (n < 0)
			continue;
		line[n] = '\0';
		if (strstr(line, text))
			return line;
	}
	return NULL;
}
