// SPDX-License-Identifier: GPL-2.0
/*
 * Something to execute: no library, a few kilobytes, so that thousands of them
 * are quick to hash.  Without arguments it ends at once; "payload N" ends with
 * status N; "payload wait" waits to be killed.
 */
#include <sys/syscall.h>

#ifndef __x86_64__
#error "payload.c knows the system calls of x86-64 only"
#endif

static long call(long nr, long a)
{
	long ret;

	asm volatile("syscall" : "=a" (ret) : "a" (nr), "D" (a) : "rcx", "r11", "memory");
	return ret;
}

__attribute__((used, noreturn)) static void start(long *stack)
{
	const char *arg = stack[0] > 1 ? (const char *)stack[2] : "0";
	long status = 0;

	while (*arg == 'w')
		call(SYS_pause, 0);
	while (*arg >= '0' && *arg <= '9')
		status = status * 10 + *arg++ - '0';
	for (;;)
		call(SYS_exit_group, status);
}

asm(".globl _start\n"
    "_start:\n"
    "	xor %ebp, %ebp\n"
    "	mov %rsp, %rdi\n"
    "	and $-16, %rsp\n"
    "	call start\n");
