// SPDX-License-Identifier: GPL-2.0
/*
 * vtpm_server - serve a vTPM of the host build to TPM clients
 *
 *	vtpm_server PORT [--log] [--powered-off] &
 *	TPM2TOOLS_TCTI=mssim:port=PORT tpm2_getrandom --hex 8
 *
 * Speaks the protocol of the reference simulator on PORT (commands) and PORT + 1
 * (platform), which tpm2-tss knows as "mssim".  Each connection is one open file
 * of the device: it has objects and sessions of its own.  --log prints a line
 * for each command.  SIGTERM ends it.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host_env.h"
#include "vtpm/vtpm_internal.h"

/* what a client sends first */
enum {
	SIM_POWER_ON = 1,
	SIM_POWER_OFF = 2,
	SIM_SEND_COMMAND = 8,
	SIM_CANCEL_ON = 9,
	SIM_CANCEL_OFF = 10,
	SIM_NV_ON = 11,
	SIM_NV_OFF = 12,
	SIM_RESET = 17,
	SIM_SESSION_END = 20,
	SIM_STOP = 21,
};

#define CLIENTS 64

/* a connection; @space only on the command port */
static struct client {
	int fd;
	struct vtpm_space *space;
} clients[CLIENTS];

static struct host_env env = { .banks = 4 };
static struct vtpm *tpm;
static bool log_commands;
static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	stop = 1;
}

static bool read_all(int fd, void *buf, size_t len)
{
	while (len) {
		ssize_t n = read(fd, buf, len);

		if (n <= 0)
			return false;
		buf = (u8 *)buf + n;
		len -= n;
	}
	return true;
}

static bool write_all(int fd, const void *buf, size_t len)
{
	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n <= 0)
			return false;
		buf = (const u8 *)buf + n;
		len -= n;
	}
	return true;
}

static bool read_u32(int fd, u32 *v)
{
	u8 be[4];

	if (!read_all(fd, be, sizeof(be)))
		return false;
	*v = get_unaligned_be32(be);
	return true;
}

static bool write_u32(int fd, u32 v)
{
	u8 be[4];

	put_unaligned_be32(v, be);
	return write_all(fd, be, sizeof(be));
}

static bool execute(struct client *client)
{
	static u8 cmd[2 * VTPM_MAX_COMMAND], rsp[VTPM_MAX_RESPONSE];
	u32 size, code = 0;
	u8 locality;
	int len;

	if (!read_all(client->fd, &locality, 1) || !read_u32(client->fd, &size) ||
	    size > sizeof(cmd) || !read_all(client->fd, cmd, size))
		return false;
	if (size >= 10)
		code = get_unaligned_be32(cmd + 6);
	len = vtpm_execute(tpm, client->space, cmd, size, rsp, sizeof(rsp));
	if (log_commands)
		fprintf(stderr, "%d %03x %u -> %03x %d\n", client->fd, code, size,
			get_unaligned_be32(rsp + 6), len);
	return write_u32(client->fd, len) && write_all(client->fd, rsp, len) &&
	       write_u32(client->fd, 0);
}

static bool serve(struct client *client)
{
	u32 what;

	if (!read_u32(client->fd, &what))
		return false;
	switch (what) {
	case SIM_SEND_COMMAND:
		return client->space && execute(client);
	case SIM_RESET:
	case SIM_POWER_OFF:
		vtpm_power_cycle(tpm);
		return write_u32(client->fd, 0);
	case SIM_POWER_ON:
	case SIM_NV_ON:
	case SIM_NV_OFF:
	case SIM_CANCEL_ON:
	case SIM_CANCEL_OFF:
		return write_u32(client->fd, 0);
	case SIM_STOP:
		stop = 1;
	}
	return false;
}

static int listen_on(int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, CLIENTS)) {
		fprintf(stderr, "vtpm_server: cannot listen on port %d: %m\n", port);
		exit(1);
	}
	return fd;
}

static void take(int listener, bool commands)
{
	int fd = accept(listener, NULL, NULL);
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		if (clients[i].fd < 0)
			break;
	if (fd < 0 || i == CLIENTS) {
		close(fd);
		return;
	}
	clients[i].fd = fd;
	clients[i].space = commands ? vtpm_space_create(tpm) : NULL;
}

static void drop(struct client *client)
{
	vtpm_space_destroy(client->space);
	close(client->fd);
	client->fd = -1;
	client->space = NULL;
}

static void loop(int port)
{
	struct pollfd fds[CLIENTS + 2] = {
		[CLIENTS] = { .fd = listen_on(port), .events = POLLIN },
		[CLIENTS + 1] = { .fd = listen_on(port + 1), .events = POLLIN },
	};
	unsigned int i;

	while (!stop) {
		for (i = 0; i < CLIENTS; i++) {
			fds[i].fd = clients[i].fd;
			fds[i].events = POLLIN;
		}
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		for (i = 0; i < CLIENTS; i++)
			if (fds[i].revents && !serve(&clients[i]))
				drop(&clients[i]);
		if (fds[CLIENTS].revents)
			take(fds[CLIENTS].fd, true);
		if (fds[CLIENTS + 1].revents)
			take(fds[CLIENTS + 1].fd, false);
	}
}

int main(int argc, char **argv)
{
	struct sigaction on_term = { .sa_handler = on_signal };
	unsigned int i;
	int port = 0;

	for (i = 1; i < (unsigned int)argc; i++) {
		if (!strcmp(argv[i], "--log"))
			log_commands = true;
		else if (!strcmp(argv[i], "--powered-off"))
			env.powered_off = true;
		else
			port = atoi(argv[i]);
	}
	if (!port) {
		fprintf(stderr, "usage: vtpm_server PORT [--log] [--powered-off]\n");
		return 2;
	}
	sigaction(SIGTERM, &on_term, NULL);
	sigaction(SIGINT, &on_term, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < CLIENTS; i++)
		clients[i].fd = -1;
	tpm = host_env_create(&env);
	loop(port);
	for (i = 0; i < CLIENTS; i++)
		if (clients[i].fd >= 0)
			drop(&clients[i]);
	host_env_destroy(&env, tpm);
	return 0;
}
