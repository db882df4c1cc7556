/* The C boundary: one function for each Windows function, with its name after winmib_.
 *
 * Each takes fixed-width scalars and buffers that the caller owns, and returns the code that
 * Windows returned. Nothing is allocated, kept or retried here.
 *
 * A function whose answer has no fixed size returns two numbers: the code in the lower half, and in
 * the upper half the size that Windows wrote back.
 *
 * Buffers are uint8_t *: for a void *, cgo would scan what it points to for Go pointers at each
 * call, and bytes cannot hold any. */
#ifndef WINMIB_SHIM_H
#define WINMIB_SHIM_H

/* Headers told to serve an older Windows hide what came with Windows Vista and Windows 10. */
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00

/* iphlpapi.h wants the two socket headers before it. It includes tcpmib.h, udpmib.h and iprtrmib.h,
 * which must not be included directly. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <tcpestats.h>

#include <stdint.h>

/* TCP tables */
uint64_t winmib_GetTcpTable(uint8_t *table, uint32_t size, int32_t order);
uint64_t winmib_GetTcp6Table(uint8_t *table, uint32_t size, int32_t order);
uint64_t winmib_GetTcpTable2(uint8_t *table, uint32_t size, int32_t order);
uint64_t winmib_GetTcp6Table2(uint8_t *table, uint32_t size, int32_t order);
uint64_t winmib_GetExtendedTcpTable(uint8_t *table, uint32_t size, int32_t order, uint32_t family,
                                    uint32_t table_class);
uint64_t winmib_GetOwnerModuleFromTcpEntry(void *row, uint32_t info_class, uint8_t *buffer,
                                           uint32_t size);
uint64_t winmib_GetOwnerModuleFromTcp6Entry(void *row, uint32_t info_class, uint8_t *buffer,
                                            uint32_t size);

/* One TCP connection */
uint32_t winmib_SetTcpEntry(void *row);

/* TCP statistics */
uint32_t winmib_GetTcpStatistics(void *stats);
uint32_t winmib_GetTcpStatisticsEx(void *stats, uint32_t family);
uint32_t winmib_GetTcpStatisticsEx2(void *stats, uint32_t family);

/* The statistics of one TCP connection */
uint32_t winmib_GetPerTcpConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                          uint32_t rw_version, uint32_t rw_size, uint8_t *ros,
                                          uint32_t ros_version, uint32_t ros_size, uint8_t *rod,
                                          uint32_t rod_version, uint32_t rod_size);
uint32_t winmib_GetPerTcp6ConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                           uint32_t rw_version, uint32_t rw_size, uint8_t *ros,
                                           uint32_t ros_version, uint32_t ros_size, uint8_t *rod,
                                           uint32_t rod_version, uint32_t rod_size);
uint32_t winmib_SetPerTcpConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                          uint32_t rw_version, uint32_t rw_size, uint32_t offset);
uint32_t winmib_SetPerTcp6ConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                           uint32_t rw_version, uint32_t rw_size, uint32_t offset);

#endif
