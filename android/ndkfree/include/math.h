/* Two macros for the compiler's builtins, and two functions. */
#pragma once

#define INFINITY __builtin_inff()
#define isnan(number) __builtin_isnan(number)

double fabs(double number);
double log(double number);
