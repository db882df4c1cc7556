/* The C boundary: one function for each Windows function.
 *
 * Each takes fixed-width scalars and buffers that the caller owns, and returns
 * the code that Windows returned. Nothing is allocated, kept or retried here. */
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
    uint64_t winmib_##f(void *table, uint32_t size, int32_t order);
#define WINMIB_EXTENDED(f) \
    uint64_t winmib_##f(void *table, uint32_t size, int32_t order, uint32_t family, uint32_t klass);
#define WINMIB_MODULE(f) \
    uint64_t winmib_##f(void *row, uint32_t klass, void *buffer, uint32_t size);
#define WINMIB_ENTRY(f) \
    uint32_t winmib_##f(void *row);
#define WINMIB_STATS(f) \
    uint32_t winmib_##f(void *stats);
#define WINMIB_STATSEX(f) \
    uint32_t winmib_##f(void *stats, uint32_t family);
#define WINMIB_GETESTATS(f) \
    uint32_t winmib_##f(void *row, uint32_t type, \
                        void *rw, uint32_t rw_version, uint32_t rw_size, \
                        void *ros, uint32_t ros_version, uint32_t ros_size, \
                        void *rod, uint32_t rod_version, uint32_t rod_size);
#define WINMIB_SETESTATS(f) \
    uint32_t winmib_##f(void *row, uint32_t type, \
                        void *rw, uint32_t rw_version, uint32_t rw_size, uint32_t offset);

WINMIB_FUNCTIONS

#endif
