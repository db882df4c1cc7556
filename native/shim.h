/* The C boundary: one function for each Windows function.
 *
 * Each takes fixed-width scalars and one buffer that the caller owns, and
 * returns the code that Windows returned. Nothing is allocated, kept or
 * retried here. */
#ifndef WINMIB_SHIM_H
#define WINMIB_SHIM_H

/* The rows came with Windows Vista; a header set asked for less hides them. */
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00

/* iphlpapi.h brings tcpmib.h and iprtrmib.h, which are not to be included
 * directly, and wants the two socket headers before it. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>

#include <stdint.h>

/* size: in, the bytes at table; out, the bytes that the answer takes. */
uint32_t winmib_GetTcpTable2(void *table, uint32_t *size, int32_t order);
uint32_t winmib_GetTcp6Table2(void *table, uint32_t *size, int32_t order);

#endif
