/* The status of a file. */
#pragma once

#include <bits/types.h>

/* The nanoseconds are separate fields (`st_atime_nsec`), as in Rust's `libc`, and not in a `struct timespec`. */
struct stat {
#if defined(__aarch64__)
    unsigned long st_dev;
    unsigned long st_ino;
    unsigned int st_mode;
    unsigned int st_nlink;
    uid_t st_uid;
    gid_t st_gid;
    unsigned long st_rdev;
    unsigned long __pad1;
    off_t st_size;
    int st_blksize;
    int __pad2;
    long st_blocks;
    time_t st_atime;
    long st_atime_nsec;
    time_t st_mtime;
    long st_mtime_nsec;
    time_t st_ctime;
    long st_ctime_nsec;
    unsigned int __unused4;
    unsigned int __unused5;
#elif defined(__x86_64__)
    unsigned long st_dev;
    unsigned long st_ino;
    unsigned long st_nlink;
    unsigned int st_mode;
    uid_t st_uid;
    gid_t st_gid;
    unsigned int __pad0;
    unsigned long st_rdev;
    off_t st_size;
    long st_blksize;
    long st_blocks;
    time_t st_atime;
    long st_atime_nsec;
    time_t st_mtime;
    long st_mtime_nsec;
    time_t st_ctime;
    long st_ctime_nsec;
    long __unused[3];
#else
    unsigned long long st_dev;
    unsigned char __pad0[4];
    unsigned long __st_ino;
    unsigned int st_mode;
    unsigned int st_nlink;
    uid_t st_uid;
    gid_t st_gid;
    unsigned long long st_rdev;
    unsigned char __pad3[4];
    long long st_size;
    unsigned long st_blksize;
    unsigned long long st_blocks;
    time_t st_atime;
    long st_atime_nsec;
    time_t st_mtime;
    long st_mtime_nsec;
    time_t st_ctime;
    long st_ctime_nsec;
    unsigned long long st_ino;
#endif
};

#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_IFLNK 0120000
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)

int fchmod(int file, mode_t mode);
int fstat(int file, struct stat *found);
int lstat(const char *path, struct stat *found);
int mkdir(const char *path, mode_t mode);
int stat(const char *path, struct stat *found);
