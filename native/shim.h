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

/* With an older value the headers hide the declarations of Windows Vista and Windows 10. */
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

/* The TCP sockets that are bound. These two functions allocate their table; what they return is the
 * size of that table, which is copied into the caller's if it fits, and freed. */
uint64_t winmib_InternalGetBoundTcpEndpointTable(uint8_t *table, uint32_t size);
uint64_t winmib_InternalGetBoundTcp6EndpointTable(uint8_t *table, uint32_t size);

/* One TCP connection */
uint32_t winmib_SetTcpEntry(void *row);

/* Persistent reservations of TCP ports. start_port is in network byte order. */
uint32_t winmib_CreatePersistentTcpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token);
uint32_t winmib_DeletePersistentTcpPortReservation(uint16_t start_port, uint16_t number_of_ports);
uint32_t winmib_LookupPersistentTcpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token);

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

/* UDP tables */
uint64_t winmib_GetUdpTable(uint8_t *table, uint32_t size, int32_t order);
uint64_t winmib_GetUdp6Table(uint8_t *table, uint32_t size, int32_t order);
uint64_t winmib_GetExtendedUdpTable(uint8_t *table, uint32_t size, int32_t order, uint32_t family,
                                    uint32_t table_class);
uint64_t winmib_GetOwnerModuleFromUdpEntry(void *row, uint32_t info_class, uint8_t *buffer,
                                           uint32_t size);
uint64_t winmib_GetOwnerModuleFromUdp6Entry(void *row, uint32_t info_class, uint8_t *buffer,
                                            uint32_t size);

/* UDP statistics */
uint32_t winmib_GetUdpStatistics(void *stats);
uint32_t winmib_GetUdpStatisticsEx(void *stats, uint32_t family);
uint32_t winmib_GetUdpStatisticsEx2(void *stats, uint32_t family);

/* Persistent reservations of UDP ports. start_port is in network byte order. */
uint32_t winmib_CreatePersistentUdpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token);
uint32_t winmib_DeletePersistentUdpPortReservation(uint16_t start_port, uint16_t number_of_ports);
uint32_t winmib_LookupPersistentUdpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token);

#endif
