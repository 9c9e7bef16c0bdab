/* Apps name this header and need nothing of it. */
#pragma once

#include "lwip/err.h"
