/* Formats that print integers of a given width. */
#pragma once

#include <stdint.h>

#ifdef __LP64__
#define __PRI_64 "l"
#define __PRI_PTR "l"
#else
#define __PRI_64 "ll"
#define __PRI_PTR ""
#endif

#define PRIu8 "hhu"
#define PRId64 __PRI_64 "d"
#define PRIu64 __PRI_64 "u"
#define PRIx64 __PRI_64 "x"
#define PRIdPTR __PRI_PTR "d"
#define PRIuPTR __PRI_PTR "u"
#define PRIxPTR __PRI_PTR "x"
