/* The numbers of system calls. */
#pragma once

#if defined(__aarch64__)
#define SYS_rt_sigprocmask 135
#elif defined(__x86_64__)
#define SYS_rt_sigprocmask 14
#else
#define SYS_rt_sigprocmask 175
#endif
