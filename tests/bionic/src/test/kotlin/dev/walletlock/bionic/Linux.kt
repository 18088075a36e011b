package dev.walletlock.bionic

// Linux's constants, the same on both processors.

internal const val ENOENT = 2L
internal const val EBADF = 9L
internal const val EAGAIN = 11L
internal const val EEXIST = 17L
internal const val EINVAL = 22L
internal const val ENOSYS = 38L

internal const val O_ACCESS = 3
internal const val O_RDONLY = 0
internal const val O_CREAT = 0x40
internal const val O_EXCL = 0x80
internal const val O_TRUNC = 0x200
internal const val O_APPEND = 0x400

internal const val SEEK_SET = 0
internal const val SEEK_CUR = 1
internal const val SEEK_END = 2

internal const val F_GETFD = 1
internal const val F_SETFD = 2
internal const val F_GETFL = 3
internal const val F_SETFL = 4
internal const val F_SETLK = 6
internal const val F_SETLK64 = 13
internal const val F_RDLCK = 0
internal const val F_WRLCK = 1
internal const val F_UNLCK = 2

internal const val POLLIN: Short = 1

internal const val S_IFDIR = 0x4000
internal const val S_IFREG = 0x8000

internal const val CLOCK_REALTIME = 0
internal const val CLOCK_MONOTONIC = 1
internal const val CLOCK_BOOTTIME = 7

/** The first user id that an app can have. */
internal const val APP_USER = 10_000L
internal const val PROCESS = 4_711L
