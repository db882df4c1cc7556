//go:build windows && cgo

#include "shim.h"

#include <string.h>

/* Numbers cross the boundary as types of a fixed width: those below have it. */
_Static_assert(sizeof(ULONG) == sizeof(uint32_t), "ULONG is 32 bits");
_Static_assert(sizeof(DWORD) == sizeof(uint32_t), "DWORD is 32 bits");
_Static_assert(sizeof(BOOL) == sizeof(int32_t), "BOOL is 32 bits");
_Static_assert(sizeof(USHORT) == sizeof(uint16_t), "USHORT is 16 bits");
_Static_assert(sizeof(ULONG64) == sizeof(uint64_t), "ULONG64 is 64 bits");

/* The sizes that the Go side relies on, as in native.go. A header set that disagrees fails the
 * build here, not the program later. MinGW-w64 has neither MIB_TCPSTATS2 nor
 * MIB_UDPSTATS2. */
_Static_assert(sizeof(MIB_TCPROW) == 20, "MIB_TCPROW is 20 bytes");
_Static_assert(sizeof(MIB_TCP6ROW) == 52, "MIB_TCP6ROW is 52 bytes");
_Static_assert(sizeof(MIB_TCPROW2) == 28, "MIB_TCPROW2 is 28 bytes");
_Static_assert(sizeof(MIB_TCPTABLE2) == 4 + 28, "MIB_TCPTABLE2 is 4 bytes before its rows");
_Static_assert(sizeof(MIB_TCP6ROW2) == 60, "MIB_TCP6ROW2 is 60 bytes");
_Static_assert(sizeof(MIB_TCP6TABLE2) == 4 + 60, "MIB_TCP6TABLE2 is 4 bytes before its rows");
_Static_assert(sizeof(MIB_TCPROW_OWNER_MODULE) == 160, "MIB_TCPROW_OWNER_MODULE is 160 bytes");
_Static_assert(sizeof(MIB_TCP6ROW_OWNER_MODULE) == 192, "MIB_TCP6ROW_OWNER_MODULE is 192 bytes");
_Static_assert(sizeof(MIB_TCPSTATS) == 60, "MIB_TCPSTATS is 60 bytes");
_Static_assert(sizeof(MIB_UDPROW) == 8, "MIB_UDPROW is 8 bytes");
_Static_assert(sizeof(MIB_UDP6ROW) == 24, "MIB_UDP6ROW is 24 bytes");
_Static_assert(sizeof(MIB_UDPROW_OWNER_PID) == 12, "MIB_UDPROW_OWNER_PID is 12 bytes");
_Static_assert(sizeof(MIB_UDP6ROW_OWNER_PID) == 28, "MIB_UDP6ROW_OWNER_PID is 28 bytes");
_Static_assert(sizeof(MIB_UDPROW_OWNER_MODULE) == 160, "MIB_UDPROW_OWNER_MODULE is 160 bytes");
_Static_assert(sizeof(MIB_UDP6ROW_OWNER_MODULE) == 176, "MIB_UDP6ROW_OWNER_MODULE is 176 bytes");
_Static_assert(sizeof(MIB_UDPSTATS) == 20, "MIB_UDPSTATS is 20 bytes");

static uint64_t answer(uint32_t code, uint32_t size)
{
    return (uint64_t)size << 32 | code;
}

uint64_t winmib_GetTcpTable(uint8_t *table, uint32_t size, int32_t order)
{
    ULONG n = size;
    ULONG code = GetTcpTable((void *)table, &n, order);
    return answer(code, n);
}

uint64_t winmib_GetTcp6Table(uint8_t *table, uint32_t size, int32_t order)
{
    ULONG n = size;
    ULONG code = GetTcp6Table((void *)table, &n, order);
    return answer(code, n);
}

uint64_t winmib_GetTcpTable2(uint8_t *table, uint32_t size, int32_t order)
{
    ULONG n = size;
    ULONG code = GetTcpTable2((void *)table, &n, order);
    return answer(code, n);
}

uint64_t winmib_GetTcp6Table2(uint8_t *table, uint32_t size, int32_t order)
{
    ULONG n = size;
    ULONG code = GetTcp6Table2((void *)table, &n, order);
    return answer(code, n);
}

uint64_t winmib_GetExtendedTcpTable(uint8_t *table, uint32_t size, int32_t order, uint32_t family,
                                    uint32_t table_class)
{
    DWORD n = size;
    DWORD code = GetExtendedTcpTable(table, &n, order, family, (TCP_TABLE_CLASS)table_class, 0);
    return answer(code, n);
}

uint64_t winmib_GetOwnerModuleFromTcpEntry(void *row, uint32_t info_class, uint8_t *buffer,
                                           uint32_t size)
{
    DWORD n = size;
    DWORD code =
        GetOwnerModuleFromTcpEntry(row, (TCPIP_OWNER_MODULE_INFO_CLASS)info_class, buffer, &n);
    return answer(code, n);
}

uint64_t winmib_GetOwnerModuleFromTcp6Entry(void *row, uint32_t info_class, uint8_t *buffer,
                                            uint32_t size)
{
    DWORD n = size;
    DWORD code =
        GetOwnerModuleFromTcp6Entry(row, (TCPIP_OWNER_MODULE_INFO_CLASS)info_class, buffer, &n);
    return answer(code, n);
}

uint32_t winmib_SetTcpEntry(void *row)
{
    return SetTcpEntry(row);
}

uint32_t winmib_GetTcpStatistics(void *stats)
{
    return GetTcpStatistics(stats);
}

uint32_t winmib_GetTcpStatisticsEx(void *stats, uint32_t family)
{
    return GetTcpStatisticsEx(stats, family);
}

uint32_t winmib_GetPerTcpConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                          uint32_t rw_version, uint32_t rw_size, uint8_t *ros,
                                          uint32_t ros_version, uint32_t ros_size, uint8_t *rod,
                                          uint32_t rod_version, uint32_t rod_size)
{
    return GetPerTcpConnectionEStats(row, (TCP_ESTATS_TYPE)type, rw, rw_version, rw_size, ros,
                                     ros_version, ros_size, rod, rod_version, rod_size);
}

uint32_t winmib_GetPerTcp6ConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                           uint32_t rw_version, uint32_t rw_size, uint8_t *ros,
                                           uint32_t ros_version, uint32_t ros_size, uint8_t *rod,
                                           uint32_t rod_version, uint32_t rod_size)
{
    return GetPerTcp6ConnectionEStats(row, (TCP_ESTATS_TYPE)type, rw, rw_version, rw_size, ros,
                                      ros_version, ros_size, rod, rod_version, rod_size);
}

uint32_t winmib_SetPerTcpConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                          uint32_t rw_version, uint32_t rw_size, uint32_t offset)
{
    return SetPerTcpConnectionEStats(row, (TCP_ESTATS_TYPE)type, rw, rw_version, rw_size, offset);
}

uint32_t winmib_SetPerTcp6ConnectionEStats(void *row, uint32_t type, uint8_t *rw,
                                           uint32_t rw_version, uint32_t rw_size, uint32_t offset)
{
    return SetPerTcp6ConnectionEStats(row, (TCP_ESTATS_TYPE)type, rw, rw_version, rw_size, offset);
}

uint64_t winmib_GetUdpTable(uint8_t *table, uint32_t size, int32_t order)
{
    ULONG n = size;
    ULONG code = GetUdpTable((void *)table, &n, order);
    return answer(code, n);
}

uint64_t winmib_GetUdp6Table(uint8_t *table, uint32_t size, int32_t order)
{
    ULONG n = size;
    ULONG code = GetUdp6Table((void *)table, &n, order);
    return answer(code, n);
}

uint64_t winmib_GetExtendedUdpTable(uint8_t *table, uint32_t size, int32_t order, uint32_t family,
                                    uint32_t table_class)
{
    DWORD n = size;
    DWORD code = GetExtendedUdpTable(table, &n, order, family, (UDP_TABLE_CLASS)table_class, 0);
    return answer(code, n);
}

uint64_t winmib_GetOwnerModuleFromUdpEntry(void *row, uint32_t info_class, uint8_t *buffer,
                                           uint32_t size)
{
    DWORD n = size;
    DWORD code =
        GetOwnerModuleFromUdpEntry(row, (TCPIP_OWNER_MODULE_INFO_CLASS)info_class, buffer, &n);
    return answer(code, n);
}

uint64_t winmib_GetOwnerModuleFromUdp6Entry(void *row, uint32_t info_class, uint8_t *buffer,
                                            uint32_t size)
{
    DWORD n = size;
    DWORD code =
        GetOwnerModuleFromUdp6Entry(row, (TCPIP_OWNER_MODULE_INFO_CLASS)info_class, buffer, &n);
    return answer(code, n);
}

uint32_t winmib_GetUdpStatistics(void *stats)
{
    return GetUdpStatistics(stats);
}

uint32_t winmib_GetUdpStatisticsEx(void *stats, uint32_t family)
{
    return GetUdpStatisticsEx(stats, family);
}

/* The functions below are looked up while the program runs, because not every system has them: a
 * program that imported them would not start on a Windows without them, and would end where it
 * called them under a Wine without them. */

/* A function of any type: compilers warn of other casts between function types. */
typedef void (*any_function)(void);

/* lookup returns a function of iphlpapi.dll, or NULL. The DLL is loaded, because the functions
 * above are imported from it. */
static any_function lookup(const char *name)
{
    HMODULE dll = GetModuleHandleW(L"iphlpapi.dll");
    return dll ? (any_function)GetProcAddress(dll, name) : NULL;
}

/* Since Windows 10 version 1709. MinGW-w64 declares neither the function nor its MIB_TCPSTATS2. */
uint32_t winmib_GetTcpStatisticsEx2(void *stats, uint32_t family)
{
    typedef ULONG(WINAPI * function)(void *stats, ULONG family);
    function get = (function)lookup("GetTcpStatisticsEx2");
    return get ? get(stats, family) : ERROR_PROC_NOT_FOUND;
}

/* Since Windows 10 version 1709. MinGW-w64 declares neither the function nor its MIB_UDPSTATS2. */
uint32_t winmib_GetUdpStatisticsEx2(void *stats, uint32_t family)
{
    typedef ULONG(WINAPI * function)(void *stats, ULONG family);
    function get = (function)lookup("GetUdpStatisticsEx2");
    return get ? get(stats, family) : ERROR_PROC_NOT_FOUND;
}

/* bound_table calls a function of iphlpapi.dll that allocates a table from a heap, copies all of the
 * table into the caller's if it fits, and frees it. No header declares these functions; System
 * Informer calls them like this. HeapSize returns how much they allocated, so that no byte past the
 * end is read, whatever number of rows the table claims. */
static uint64_t bound_table(const char *name, uint8_t *table, uint32_t size)
{
    typedef ULONG(WINAPI * function)(void **table, HANDLE heap, ULONG flags);
    function get = (function)lookup(name);
    if (!get)
        return answer(ERROR_PROC_NOT_FOUND, 0);
    HANDLE heap = GetProcessHeap();
    void *allocated = NULL;
    ULONG code = get(&allocated, heap, 0);
    if (code != NO_ERROR || !allocated)
        return answer(code, 0);
    SIZE_T n = HeapSize(heap, 0, allocated);
    if (n > size)
        code = ERROR_INSUFFICIENT_BUFFER;
    else
        memcpy(table, allocated, n);
    HeapFree(heap, 0, allocated);
    return answer(code, n > UINT32_MAX ? UINT32_MAX : (uint32_t)n);
}

/* Since Windows 10 version 1809. */
uint64_t winmib_InternalGetBoundTcpEndpointTable(uint8_t *table, uint32_t size)
{
    return bound_table("InternalGetBoundTcpEndpointTable", table, size);
}

uint64_t winmib_InternalGetBoundTcp6EndpointTable(uint8_t *table, uint32_t size)
{
    return bound_table("InternalGetBoundTcp6EndpointTable", table, size);
}

/* The reservations: every Windows has them, Wine 8 does not. */

uint32_t winmib_CreatePersistentTcpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token)
{
    __typeof__(&CreatePersistentTcpPortReservation) create =
        (__typeof__(create))lookup("CreatePersistentTcpPortReservation");
    return create ? create(start_port, number_of_ports, token) : ERROR_PROC_NOT_FOUND;
}

uint32_t winmib_DeletePersistentTcpPortReservation(uint16_t start_port, uint16_t number_of_ports)
{
    __typeof__(&DeletePersistentTcpPortReservation) delete =
        (__typeof__(delete))lookup("DeletePersistentTcpPortReservation");
    return delete ? delete(start_port, number_of_ports) : ERROR_PROC_NOT_FOUND;
}

uint32_t winmib_LookupPersistentTcpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token)
{
    __typeof__(&LookupPersistentTcpPortReservation) look_up =
        (__typeof__(look_up))lookup("LookupPersistentTcpPortReservation");
    return look_up ? look_up(start_port, number_of_ports, token) : ERROR_PROC_NOT_FOUND;
}

uint32_t winmib_CreatePersistentUdpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token)
{
    __typeof__(&CreatePersistentUdpPortReservation) create =
        (__typeof__(create))lookup("CreatePersistentUdpPortReservation");
    return create ? create(start_port, number_of_ports, token) : ERROR_PROC_NOT_FOUND;
}

uint32_t winmib_DeletePersistentUdpPortReservation(uint16_t start_port, uint16_t number_of_ports)
{
    __typeof__(&DeletePersistentUdpPortReservation) delete =
        (__typeof__(delete))lookup("DeletePersistentUdpPortReservation");
    return delete ? delete(start_port, number_of_ports) : ERROR_PROC_NOT_FOUND;
}

uint32_t winmib_LookupPersistentUdpPortReservation(uint16_t start_port, uint16_t number_of_ports,
                                                   uint64_t *token)
{
    __typeof__(&LookupPersistentUdpPortReservation) look_up =
        (__typeof__(look_up))lookup("LookupPersistentUdpPortReservation");
    return look_up ? look_up(start_port, number_of_ports, token) : ERROR_PROC_NOT_FOUND;
}
