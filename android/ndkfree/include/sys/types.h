/* The types that several headers share. */
#pragma once

#include <bits/types.h>
