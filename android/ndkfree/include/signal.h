/* Sets of signals, of which only the place matters here, and how far signals are counted. */
#pragma once

/* One more than the last. The kernel's sets have a bit for each, also where the type below has only half of them. */
#define NSIG 65

#ifdef __LP64__
typedef struct { unsigned long __val[1]; } sigset_t;
#else
typedef unsigned long sigset_t;
#endif
