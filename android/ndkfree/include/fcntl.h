/* Opening files and locking parts of them. */
#pragma once

#include <bits/types.h>

#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_CREAT 0100
#define O_EXCL 0200
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_CLOEXEC 02000000
#if defined(__aarch64__) || defined(__arm__)
#define O_NOFOLLOW 0100000
#else
#define O_NOFOLLOW 0400000
#endif

#define F_GETFD 1
#define F_SETFD 2
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define FD_CLOEXEC 1

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

/* The offsets have the kernel's type, `long` on every ABI. */
struct flock {
    short l_type;
    short l_whence;
    long l_start;
    long l_len;
    pid_t l_pid;
};

int open(const char *path, int flags, ...);
int fcntl(int file, int command, ...);
