/* The C boundary: one function for each Windows function.
 *
 * Each takes fixed-width scalars and buffers that the caller owns, and returns
 * the code that Windows returned. Nothing is allocated, kept or retried here.
 *
 * Buffers are uint8_t *, because cgo searches what a void * leads to for Go's
 * pointers at each call, which bytes cannot hold. */
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
#include <tcpestats.h>

#include <stdint.h>

/* Every function, one line each, under the shape that it has. shim.c turns a
 * shape into a body, and the lines below into a declaration. */
#define WINMIB_FUNCTIONS                                                       \
    WINMIB_TABLE(GetTcpTable)                                                  \
    WINMIB_TABLE(GetTcp6Table)                                                 \
    WINMIB_TABLE(GetTcpTable2)                                                 \
    WINMIB_TABLE(GetTcp6Table2)                                                \
    WINMIB_EXTENDED(GetExtendedTcpTable)                                       \
    WINMIB_MODULE(GetOwnerModuleFromTcpEntry)                                  \
    WINMIB_MODULE(GetOwnerModuleFromTcp6Entry)                                 \
    WINMIB_ENTRY(SetTcpEntry)                                                  \
    WINMIB_STATS(GetTcpStatistics)                                             \
    WINMIB_STATSEX(GetTcpStatisticsEx)                                         \
    WINMIB_STATSEX(GetTcpStatisticsEx2)                                        \
    WINMIB_GETESTATS(GetPerTcpConnectionEStats)                                \
    WINMIB_GETESTATS(GetPerTcp6ConnectionEStats)                               \
    WINMIB_SETESTATS(SetPerTcpConnectionEStats)                                \
    WINMIB_SETESTATS(SetPerTcp6ConnectionEStats)

/* What has a size in and out returns it beside the code: the size that Windows
 * wrote back in the upper half, the code in the lower. */
#define WINMIB_TABLE(f) \
    uint64_t winmib_##f(uint8_t *table, uint32_t size, int32_t order);
#define WINMIB_EXTENDED(f) \
    uint64_t winmib_##f(uint8_t *table, uint32_t size, int32_t order, uint32_t family, uint32_t klass);
#define WINMIB_MODULE(f) \
    uint64_t winmib_##f(void *row, uint32_t klass, uint8_t *buffer, uint32_t size);
#define WINMIB_ENTRY(f) \
    uint32_t winmib_##f(void *row);
#define WINMIB_STATS(f) \
    uint32_t winmib_##f(void *stats);
#define WINMIB_STATSEX(f) \
    uint32_t winmib_##f(void *stats, uint32_t family);
#define WINMIB_GETESTATS(f) \
    uint32_t winmib_##f(void *row, uint32_t type, \
                        uint8_t *rw, uint32_t rw_version, uint32_t rw_size, \
                        uint8_t *ros, uint32_t ros_version, uint32_t ros_size, \
                        uint8_t *rod, uint32_t rod_version, uint32_t rod_size);
#define WINMIB_SETESTATS(f) \
    uint32_t winmib_##f(void *row, uint32_t type, \
                        uint8_t *rw, uint32_t rw_version, uint32_t rw_size, uint32_t offset);

WINMIB_FUNCTIONS

#endif
