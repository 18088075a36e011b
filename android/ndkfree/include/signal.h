/* Sets of signals and the number of signals. Our code only passes on the address of a set. */
#pragma once

/* One more than the highest signal. The kernel's sets have a bit for each; the 32-bit type below has half of them. */
#define NSIG 65

#ifdef __LP64__
typedef struct { unsigned long __val[1]; } sigset_t;
#else
typedef unsigned long sigset_t;
#endif
