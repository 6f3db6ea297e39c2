/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about the host, for imans doctor.  All paths are below a prefix, so that
 * a tree copied from another host can be examined as well.
 */
#ifndef IMANS_SYSINFO_H
#define IMANS_SYSINFO_H

#include "kernel/port.h"

char *sys_read(const char *sysroot, const char *path);
bool sys_exists(const char *sysroot, const char *path);
char *sys_release(const char *sysroot);
char *sys_config(const char *sysroot, const char *release, char **file);
char config_value(const char *config, const char *option);
char *sys_mount_type(const char *sysroot, const char *where);
char *sys_lockdown(const char *sysroot);

/**
 * enum secure_boot - what the firmware says
 * @SECURE_BOOT_NONE: there is no such firmware
 * @SECURE_BOOT_OFF: it is off
 * @SECURE_BOOT_ON: it is on
 * @SECURE_BOOT_UNKNOWN: the variable cannot be read
 */
enum secure_boot { SECURE_BOOT_NONE, SECURE_BOOT_OFF, SECURE_BOOT_ON, SECURE_BOOT_UNKNOWN };

enum secure_boot sys_secure_boot(const char *sysroot);

/**
 * enum module_signature - what the end of a module's file says
 * @MODULE_SIGNED: a signature is there; whether it is good the kernel decides
 * @MODULE_UNSIGNED: there is none
 * @MODULE_COMPRESSED: compressed in a form that we do not read
 * @MODULE_UNREADABLE: cannot be read, errno is set
 */
enum module_signature { MODULE_SIGNED, MODULE_UNSIGNED, MODULE_COMPRESSED, MODULE_UNREADABLE };

char *sys_module_file(const char *sysroot, const char *release, const char *module);
enum module_signature sys_module_signature(const char *file);

/**
 * struct crypto_driver - an entry of /proc/crypto
 * @name: driver
 * @module: module it is from
 * @priority: the highest one is used
 */
struct crypto_driver {
	char name[64];
	char module[64];
	u64 priority;
};

bool sys_crypto_driver(const char *sysroot, const char *algo, struct crypto_driver *best);

#endif /* IMANS_SYSINFO_H */
