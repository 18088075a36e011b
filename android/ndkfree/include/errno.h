/* Numbers of errors. */
#pragma once

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENOSPC 28
#define EROFS 30
#define ERANGE 34
#define EDEADLK 35
#define ENOLCK 37
#define EOVERFLOW 75
#define ENOTSUP 95
#define ETIMEDOUT 110

int *__errno(void) __attribute__((const));
#define errno (*__errno())
