/* Sets of signals, of which only the place matters here. */
#pragma once

#ifdef __LP64__
typedef struct { unsigned long __val[1]; } sigset_t;
#else
typedef unsigned long sigset_t;
#endif
