//go:build windows && cgo

#include "shim.h"

/* What crosses as a fixed-width number is that wide. */
_Static_assert(sizeof(ULONG) == sizeof(uint32_t), "ULONG is 32 bits");
_Static_assert(sizeof(DWORD) == sizeof(uint32_t), "DWORD is 32 bits");
_Static_assert(sizeof(BOOL) == sizeof(int32_t), "BOOL is 32 bits");

/* The sizes that the Go side relies on. A header set that disagrees fails
 * the build here, not the program later. */
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

/* GetTcpStatisticsEx2 is the one function that is looked up while the program
 * runs: it came with Windows 10 1709, and a program that imports it does not
 * start on an older Windows. iphlpapi.dll itself is loaded, because the others
 * are imported from it. MinGW-w64 declares neither the function nor its
 * MIB_TCPSTATS2; the type below takes any pointer, so neither is needed. The
 * macro puts the lookup in the place of the import, in every header set. */
static ULONG WINAPI lookup_GetTcpStatisticsEx2(void *stats, ULONG family)
{
    typedef ULONG(WINAPI *function)(void *, ULONG);
    HMODULE dll = GetModuleHandleW(L"iphlpapi.dll");
    FARPROC f = dll ? GetProcAddress(dll, "GetTcpStatisticsEx2") : NULL;
    return f ? ((function)(void (*)(void))f)(stats, family) : ERROR_PROC_NOT_FOUND;
}
#define GetTcpStatisticsEx2 lookup_GetTcpStatisticsEx2

#undef WINMIB_TABLE
#define WINMIB_TABLE(f)                                                        \
    uint64_t winmib_##f(uint8_t *table, uint32_t size, int32_t order)          \
    {                                                                          \
        ULONG n = size;                                                        \
        uint32_t code = f((void *)table, &n, order);                           \
        return answer(code, n);                                                \
    }

#undef WINMIB_EXTENDED
#define WINMIB_EXTENDED(f)                                                     \
    uint64_t winmib_##f(uint8_t *table, uint32_t size, int32_t order, uint32_t family, uint32_t klass) \
    {                                                                          \
        DWORD n = size;                                                        \
        uint32_t code = f((void *)table, &n, order, family, (TCP_TABLE_CLASS)klass, 0); \
        return answer(code, n);                                                \
    }

#undef WINMIB_MODULE
#define WINMIB_MODULE(f)                                                       \
    uint64_t winmib_##f(void *row, uint32_t klass, uint8_t *buffer, uint32_t size) \
    {                                                                          \
        DWORD n = size;                                                        \
        uint32_t code = f(row, (TCPIP_OWNER_MODULE_INFO_CLASS)klass, (void *)buffer, &n); \
        return answer(code, n);                                                \
    }

#undef WINMIB_ENTRY
#define WINMIB_ENTRY(f)                                                        \
    uint32_t winmib_##f(void *row) { return f(row); }

#undef WINMIB_STATS
#define WINMIB_STATS(f)                                                        \
    uint32_t winmib_##f(void *stats) { return f(stats); }

#undef WINMIB_STATSEX
#define WINMIB_STATSEX(f)                                                      \
    uint32_t winmib_##f(void *stats, uint32_t family) { return f(stats, family); }

#undef WINMIB_GETESTATS
#define WINMIB_GETESTATS(f)                                                    \
    uint32_t winmib_##f(void *row, uint32_t type,                              \
                        uint8_t *rw, uint32_t rw_version, uint32_t rw_size,    \
                        uint8_t *ros, uint32_t ros_version, uint32_t ros_size, \
                        uint8_t *rod, uint32_t rod_version, uint32_t rod_size) \
    {                                                                          \
        return f(row, (TCP_ESTATS_TYPE)type, rw, rw_version, rw_size,          \
                 ros, ros_version, ros_size, rod, rod_version, rod_size);      \
    }

#undef WINMIB_SETESTATS
#define WINMIB_SETESTATS(f)                                                    \
    uint32_t winmib_##f(void *row, uint32_t type,                              \
                        uint8_t *rw, uint32_t rw_version, uint32_t rw_size, uint32_t offset) \
    {                                                                          \
        return f(row, (TCP_ESTATS_TYPE)type, rw, rw_version, rw_size, offset); \
    }

WINMIB_FUNCTIONS
