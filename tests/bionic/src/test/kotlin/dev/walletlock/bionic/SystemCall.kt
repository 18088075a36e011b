package dev.walletlock.bionic

/** The system calls that the modelled kernel knows, with their numbers on both processors. The names are Linux's. */
enum class SystemCall(private val arm64: Int, private val arm32: Int) {
    OPENAT(56, 322),
    CLOSE(57, 6),
    READ(63, 3),
    WRITE(64, 4),
    WRITEV(66, 146),
    PREAD(67, 180),
    PWRITE(68, 181),
    LSEEK(62, 19),
    FSTAT(80, 197),
    FSTATAT(79, 327),
    FTRUNCATE(46, 93),
    FTRUNCATE_64(NONE, 194),
    FDATASYNC(83, 148),
    FCNTL(25, 221),
    UNLINKAT(35, 328),
    FACCESSAT(48, 334),
    READLINKAT(78, 332),
    GETCWD(17, 183),
    FCHOWN(55, 207),
    PPOLL(73, 336),
    GETUID(174, 199),
    GETEUID(175, 201),
    GETPID(172, 20),
    SOCKET(198, 281),
    CONNECT(203, 283),
    CLOCK_GETTIME(113, 263),
    GETTIMEOFDAY(169, 78),
    GETRANDOM(278, 384),

    // The emulator itself answers calls for memory, threads and signals.
    MMAP(222, 192),
    MUNMAP(215, 91),
    MPROTECT(226, 125),
    MADVISE(233, 220),
    MREMAP(216, 163),
    BRK(214, 45),
    FUTEX(98, 240),
    CLONE(220, 120),
    EXIT(93, 1),
    GETTID(178, 224),
    PRCTL(167, 172),
    NANOSLEEP(101, 162),
    SCHED_YIELD(124, 158),
    SCHED_GETSCHEDULER(120, 157),
    SCHED_GETPARAM(121, 155),
    SIGACTION(134, 174),
    SIGPROCMASK(135, 175),
    SIGALTSTACK(132, 186),
    SET_TID_ADDRESS(96, 256),
    SET_TLS(NONE, 0xf0005);

    val isTheEmulators get() = ordinal >= MMAP.ordinal

    companion object {
        private val onArm64 = entries.associateBy { it.arm64 }
        private val onArm32 = entries.associateBy { it.arm32 }

        fun of(abi: Abi, number: Int) = (if (abi.is64Bit) onArm64 else onArm32)[number]
    }
}

private const val NONE = -1
