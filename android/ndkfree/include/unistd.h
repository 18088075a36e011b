/* Files and the process. */
#pragma once

#include <bits/types.h>

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

#define _SC_PAGESIZE 39

int access(const char *path, int mode);
int close(int file);
int fchown(int file, uid_t owner, gid_t group);
int fdatasync(int file);
int fsync(int file);
int ftruncate(int file, off_t bytes) __WIDE_OFFSET("ftruncate64");
char *getcwd(char *path, size_t bytes);
uid_t geteuid(void);
pid_t getpid(void);
off_t lseek(int file, off_t offset, int whence) __WIDE_OFFSET("lseek64");
ssize_t pread(int file, void *bytes, size_t count, off_t offset) __WIDE_OFFSET("pread64");
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) __WIDE_OFFSET("pwrite64");
ssize_t read(int file, void *bytes, size_t count);
ssize_t readlink(const char *path, char *target, size_t bytes);
int rmdir(const char *path);
unsigned int sleep(unsigned int seconds);
long sysconf(int name);
long syscall(long number, ...);
int unlink(const char *path);
int usleep(useconds_t microseconds);
ssize_t write(int file, const void *bytes, size_t count);
