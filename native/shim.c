//go:build windows && cgo

#include "shim.h"

/* Numbers cross the boundary as types of a fixed width: those below have it. */
_Static_assert(sizeof(ULONG) == sizeof(uint32_t), "ULONG is 32 bits");
_Static_assert(sizeof(DWORD) == sizeof(uint32_t), "DWORD is 32 bits");
_Static_assert(sizeof(BOOL) == sizeof(int32_t), "BOOL is 32 bits");

/* The sizes that the Go side relies on, as in native.go. A header set that disagrees fails the
 * build here, not the program later. MinGW-w64 has no MIB_TCPSTATS2. */
_Static_assert(sizeof(MIB_TCPROW) == 20, "MIB_TCPROW is 20 bytes");
_Static_assert(sizeof(MIB_TCP6ROW) == 52, "MIB_TCP6ROW is 52 bytes");
_Static_assert(sizeof(MIB_TCPROW2) == 28, "MIB_TCPROW2 is 28 bytes");
_Static_assert(sizeof(MIB_TCPTABLE2) == 4 + 28, "MIB_TCPTABLE2 is 4 bytes before its rows");
_Static_assert(sizeof(MIB_TCP6ROW2) == 60, "MIB_TCP6ROW2 is 60 bytes");
_Static_assert(sizeof(MIB_TCP6TABLE2) == 4 + 60, "MIB_TCP6TABLE2 is 4 bytes before its rows");
_Static_assert(sizeof(MIB_TCPROW_OWNER_MODULE) == 160, "MIB_TCPROW_OWNER_MODULE is 160 bytes");
_Static_assert(sizeof(MIB_TCP6ROW_OWNER_MODULE) == 192, "MIB_TCP6ROW_OWNER_MODULE is 192 bytes");
_Static_assert(sizeof(MIB_TCPSTATS) == 60, "MIB_TCPSTATS is 60 bytes");

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

/* The function below is looked up while the program runs: a program that imported it would not
 * start on a Windows without it, and MinGW-w64 does not declare it. */

/* A function of any type: compilers warn of other casts between function types. */
typedef void (*any_function)(void);

/* lookup returns a function of iphlpapi.dll, or NULL. The DLL is loaded, because the functions
 * above are imported from it. */
static any_function lookup(const char *name)
{
    HMODULE dll = GetModuleHandleW(L"iphlpapi.dll");
    return dll ? (any_function)GetProcAddress(dll, name) : NULL;
}

/* Since Windows 10 version 1709. stats is a MIB_TCPSTATS2, which MinGW-w64 does not have either. */
uint32_t winmib_GetTcpStatisticsEx2(void *stats, uint32_t family)
{
    typedef ULONG(WINAPI * function)(void *stats, ULONG family);
    function get = (function)lookup("GetTcpStatisticsEx2");
    return get ? get(stats, family) : ERROR_PROC_NOT_FOUND;
}
