/* The compiler's own, and what full-text search needs. */
#pragma once

#define INFINITY __builtin_inff()
#define isnan(number) __builtin_isnan(number)

double fabs(double number);
double log(double number);
